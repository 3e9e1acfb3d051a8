"""`livechat apps`: every command, on a real database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app

ADD = ("add", "contacts", "Contacts", "name:string!", "level:choice(gold, silver) Level", "account:account")


def livechat(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["apps", *arguments])


def done(*arguments: str) -> str:
    result = livechat(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    installed = CliRunner().invoke(
        app,
        [
            "install",
            "--homeserver-url=http://127.0.0.1:8008",
            "--server-name=x",
            "--address=http://127.0.0.1:9009",
        ],
    )
    assert installed.exit_code == 0, installed.output


def test_an_app_is_made_shown_changed_and_deleted() -> None:
    assert "There are no apps yet" in done("list")
    assert done(*ADD) == "Contacts (contacts) is made.\n"
    assert "name, level, account" in done("list")
    assert done("show", "contacts") == (
        "Contacts (contacts), 0 items\n  name:string! Name\n  level:choice(gold, silver) Level\n"
        "  account:account Account\nNo live chat uses it.\n"
    )
    done("fields", "add", "contacts", "phone:phone(DE)", "manager:user Account manager")
    done("fields", "change", "contacts", "level:choice(gold)")
    done("fields", "order", "contacts", "account")
    assert "fields account, name, level, phone.\n" in done("fields", "remove", "contacts", "manager")
    assert "People (contacts)" in done("edit", "contacts", "--name", "People")
    shown = json.loads(done("show", "contacts", "--json"))
    assert shown["name"] == "People"
    assert shown["fields"][-1] == {"key": "phone", "label": "Phone", "type": "phone", "locale": "DE"}
    assert (shown["items"], shown["used_by"]) == (0, [])
    assert (
        done("delete", "contacts", "--confirm", "contacts") == "The app contacts is deleted, with 0 items.\n"
    )
    assert "There are no apps yet" in done("list")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (ADD, "there is an app 'contacts' already"),
        (("add", "x y", "X", "name"), "key: 'x y' must consist of a-z"),
        (("add", "x", "X", "a:strin", "b:choice"), "a: there is no type 'strin'"),
        (("add", "x", "X", "a:strin", "b:choice"), "b: what can be chosen?"),
        (("show", "other"), "There is no app 'other'."),
        (("delete", "contacts"), "To confirm, repeat its key: contacts"),
        (("fields", "remove", "contacts", "fax"), "fax: Contacts has no such field"),
        (("fields", "add", "contacts", "o:reference(orders)"), "there is no app 'orders' to refer to"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done(*ADD)
    before = done("show", "contacts", "--json")
    refused = livechat(*arguments)
    assert refused.exit_code == 1
    assert words in refused.output
    assert done("show", "contacts", "--json") == before
