"""What no log holds (SEC-LOG). Each integration and browser installation's log is looked through at its end, by `leaks`."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from livechat_plugin.logs import configure_logging
from tests.integration.installation import livechat
from tests.integration.leaks import found_in, tokens_of

PASSWORD = "hunter2-and-more-of-it"
CONFIG = """
[homeserver]
url = "http://127.0.0.1:9"
server_name = "example.org"
[hooks.webhook_apps]
enabled = true
url = "https://crm.example.org/livechat"
[[hooks.webhook_apps.apps]]
key = "contacts"
name = "Contacts"
[[hooks.webhook_apps.apps.fields]]
key = "account"
label = "Account"
type = "account"
"""


class Talker:
    """Somebody in one room, as `leaks` looks at them."""

    def __init__(self, sender: str, *bodies: str) -> None:
        self.rooms = {"!room"}
        self._events = [
            {"type": "m.room.message", "sender": sender, "content": {"body": body}} for body in bodies
        ]

    def events(self, _: str) -> list[dict[str, Any]]:
        return self._events


LINK = "https://x/console/sign-in/abcdefghijklmnopqrstuvwxyz0123"
LEAKS = {
    "a secret": "the token the-as-token-itself stands here",
    "what somebody wrote": "body=my dog is called Rex",
    "a link that signs in": "GET /console/sign-in/abcdefghijklmnopqrstuvwxyz0123",
    "a token behind its scheme": "authorization: Bearer abcdefgh12345",
    "a password in an address": "postgresql://me:secret@host/db is away",
    "a cookie": "Cookie: livechat_console=WyJAYW5uYSJd.abc",
    "an access token of the homeserver": "syt_YW5uYQ_abcdefgh",
}


@pytest.mark.parametrize("what", LEAKS)
def test_what_leaks_is_found(what: str) -> None:
    carla: Any = Talker("@carla:x", "my dog is called Rex", "short")
    bot: Any = Talker("@livechat:x", f"Open {LINK}", "a word of the bot's own that is logged")
    assert any(line.startswith(what) for line in found_in(LEAKS[what], ["the-as-token-itself"], [carla, bot]))


def test_what_does_not_leak_is_not_found() -> None:
    people: Any = [Talker("@livechat:x", "a word of the bot's own that is logged"), Talker("@a:x", "short")]
    log = "a word of the bot's own that is logged short Bearer *** x://me:***@host /console/sign-in/{token}"
    assert found_in(log, ["the-as-token-itself"], people) == []


def test_the_tokens_of_a_registration_are_found(tmp_path: Path) -> None:
    file = tmp_path / "registration.yaml"
    file.write_text('as_token: "one"\nhs_token: two\nid: x\n')
    assert tokens_of(file) == ["one", "two"]


@pytest.mark.parametrize("command", [("chats", "list"), ("check",), ("migrate",)])
def test_a_database_that_is_away_does_not_tell_its_password(tmp_path: Path, command: tuple[str, ...]) -> None:
    config = tmp_path / "plugin.toml"
    config.write_text(CONFIG)
    secrets = {
        "LIVECHAT_DATABASE__URL": f"postgresql://me:{PASSWORD}@127.0.0.1:9/livechat",
        "LIVECHAT_HOMESERVER__ADMIN_TOKEN": f"admin-{PASSWORD}",
        "LIVECHAT_WEBHOOK_APPS_SECRET": f"webhook-{PASSWORD}-webhook-secret",
        "LIVECHAT_LOG__LEVEL": "debug",
    }
    ran = livechat(*command, config=config, env=secrets)
    assert ran.stdout + ran.stderr
    assert PASSWORD not in ran.stdout + ran.stderr


@pytest.fixture
def really_written() -> Iterator[None]:
    """Put everything back after real logging."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\r", "\x1b[2K", "\u2028", "\x85", "\x0b"])
def test_nobody_writes_lines_of_their_own_into_the_log(
    really_written: None, capsys: pytest.CaptureFixture[str], log_format: Any, breaker: str
) -> None:
    configure_logging(log_format, "debug")
    forged = f"@carla{breaker}2026-01-01 [info] administrator signed in"
    structlog.get_logger().warning("somebody is refused", user=forged, room_id=forged)
    logging.getLogger("library").warning("a library quotes %s", forged)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2, written
    assert "\x1b[2K" not in written
