"""Reading the audit log on the command line (requirement E18)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli import app
from livechat_plugin.cli.storing import with_store
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.moments import read_moment, show_moment
from livechat_plugin.store.database import Database

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def livechat(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(autouse=True)
def written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert livechat("install", "--homeserver-url", "http://127.0.0.1:19", "--server-name", "x").exit_code == 0

    async def write(store: Database) -> None:
        async with store.begin() as work:
            await work.audit.add(NOON, "@ada:x", "plugin.switched_off", "the plugin")
            later = NOON + timedelta(hours=1)
            details = {
                "keys": ["greeting", "farewell"],
                "is_loud": True,
                "before": None,
                "limits": {"each": 3},
            }
            await work.audit.add(
                later, "cli:root", "hook.configured", "[bold]x", live_chat="support", **details
            )
            await work.commit()

    asyncio.run(with_store(configure(Path("plugin.toml")), write))


def test_the_newest_is_shown_first_with_what_changed() -> None:
    shown = livechat("audit").output.splitlines()
    newest, oldest = [line for line in shown if "2026-11-22" in line]
    for part in ("2026-11-22 13:00 UTC", "cli:root", "hook.configured", "[bold]x", "support"):
        assert part in newest
    assert "keys: greeting farewell, is loud: yes, before: none, limits: (each: 3)" in newest
    assert "2026-11-22 12:00 UTC" in oldest


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--live-chat", "support"], ["hook.configured"]),
        (["--by", "@ada:x"], ["plugin.switched_off"]),
        (["--action", "plugin"], ["plugin.switched_off"]),
        (["--since", "2026-11-22T12:30"], ["hook.configured"]),
        (["--until", "2026-11-22T13:30+01:00"], ["plugin.switched_off"]),
        (["--limit", "1"], ["hook.configured"]),
        (["--before", "2"], ["plugin.switched_off"]),
        (["--by", "@nobody:x"], []),
    ],
)
def test_entries_are_chosen_and_come_as_json(options: list[str], found: list[str]) -> None:
    lines = livechat("audit", "--json", *options).output.splitlines()
    assert [json.loads(line)["action"] for line in lines] == found


def test_an_entry_as_json_has_everything() -> None:
    entry = json.loads(livechat("audit", "--json", "--limit", "1").output)
    assert entry == {
        "id": 2,
        "at": "2026-11-22T13:00:00+00:00",
        "actor": "cli:root",
        "action": "hook.configured",
        "subject": "[bold]x",
        "live_chat": "support",
        "details": {"keys": ["greeting", "farewell"], "is_loud": True, "before": None, "limits": {"each": 3}},
    }


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--since", "yesterday"], "since: 'yesterday' is no date: write it like 2026-11-22"),
        (["--until", "0001-01-01T00:00+01:00"], "until: '0001-01-01T00:00+01:00' is no date"),
        (["--action", "cake"], "action: there is no 'cake'; it begins with one of "),
        (["--limit", "0"], "limit: 0 is not possible; from 1 to 1000"),
    ],
)
def test_what_is_wrong_is_named(options: list[str], reason: str) -> None:
    refused = livechat("audit", *options)
    assert refused.exit_code == 1
    assert reason in refused.output


def test_nothing_found_is_said() -> None:
    assert "Nothing of this kind" in livechat("audit", "--live-chat", "other").output


def test_moments_are_read_and_shown_in_utc() -> None:
    assert read_moment("since", " 2026-11-22 ") == datetime(2026, 11, 22, tzinfo=UTC)
    assert show_moment(read_moment("since", "2026-11-22T14:30+01:00")) == "2026-11-22 13:30 UTC"
    with pytest.raises(Refused, match="since: '' is no date"):
        read_moment("since", "")
