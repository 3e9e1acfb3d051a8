"""`livechat chats`: the command line's way to live chats, on a real database."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app

PEOPLE = ("--operator=@anna:x", "--operator=@boris:x", "--supervisor=@sam:x")


def livechat(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert livechat("install", "--homeserver-url", "http://127.0.0.1:19", "--server-name", "x").exit_code == 0
    return tmp_path


@pytest.fixture
def support() -> None:
    assert livechat("chats", "add", "support", "Customer Support", *PEOPLE).exit_code == 0


def written(file: str, text: str) -> Path:
    path = Path(file)
    path.write_text(text, encoding="utf-8")
    return path


def exported() -> dict[str, object]:
    return tomllib.loads(livechat("chats", "export").output)


def test_every_wrong_field_is_told_at_once() -> None:
    refused = livechat("chats", "add", "IT", " ", "--account-app=nothing", "--waiting-alert=-1")
    assert refused.exit_code == 1
    keys = [line.split(": ")[1] for line in refused.stderr.splitlines()]
    assert keys == ["slug", "name", "operators", "account_app", "waiting_alert"]
    assert "There are no live chats yet" in livechat("chats", "list").output


@pytest.mark.usefixtures("support")
def test_a_live_chat_is_changed_and_shown() -> None:
    changed = livechat(
        "chats", "edit", "support", "--name=Help Desk", "--supervisor=", "--show-operator-name"
    )
    assert changed.output == "Help Desk is changed.\n"
    assert (
        livechat("chats", "edit", "support", "--name=Help Desk").output == "Help Desk is like this already.\n"
    )
    shown = livechat("chats", "show", "support").output
    for part in ("Help Desk", "support-operators: @anna:x, @boris:x", "@livechat_support:x", "none", "shown"):
        assert part in shown
    assert livechat("chats", "edit", "none", "--name=X").stderr == "error: There is no live chat 'none'.\n"


@pytest.mark.usefixtures("support")
def test_deleting_asks_for_the_name() -> None:
    refused = livechat("chats", "delete", "support", typed="support\n")
    assert "Not confirmed" in refused.stderr
    assert "Customer Support" in livechat("chats", "list").output
    assert "is deleted" in livechat("chats", "delete", "support", typed="Customer Support\n").output
    assert "Customer Support" not in livechat("chats", "list").output
    assert "Deleted" in livechat("chats", "show", "support").output
    taken = livechat("chats", "add", "support", "Again", *PEOPLE).stderr
    assert "slug: 'support' belonged to Customer Support, which was deleted" in taken


@pytest.mark.usefixtures("support")
def test_what_is_exported_changes_nothing_when_it_is_applied() -> None:
    assert livechat("chats", "export", "--output", "all.toml").output == "all.toml is written.\n"
    document = tomllib.loads(Path("all.toml").read_text(encoding="utf-8"))
    assert document["groups"]["support-operators"] == {"members": ["@anna:x", "@boris:x"]}
    assert document["live_chats"]["support"]["operators"] == ["support-operators"]
    assert document["live_chats"]["support"]["account_app"] == ""
    applied = livechat("chats", "apply", "all.toml")
    assert (applied.exit_code, applied.output) == (0, "Everything is like this already.\n")


WORLD = """
[live_chats.support]
name = "Help Desk"
waiting_alert = 15

[live_chats.it]
name = "IT"
customers = ["@*:x", "staff"]
operators = ["staff"]
supervisors = ["@sam:x"]
account_app = "contacts"
rule = "assigned_to"

[live_chats.it.rule_settings]
field = "manager"

[groups.staff]
members = ["@dan:x", "@eve:x"]

[apps.contacts]
name = "Contacts"

[[apps.contacts.fields]]
key = "name"
type = "string"
required = true

[[apps.contacts.fields]]
key = "manager"
type = "user"

[[apps.contacts.fields]]
key = "account"
type = "account"
"""


@pytest.mark.usefixtures("support")
def test_a_file_is_applied_with_its_plan_shown_once() -> None:
    written("world.toml", WORLD)
    left = livechat("chats", "apply", "world.toml", typed="n\n")
    assert left.exit_code == 1
    for part in ("create", "live chat it", "app contacts", "group staff", "Help Desk", "Nothing is changed."):
        assert part in left.output
    assert "it" not in exported()["live_chats"]  # type: ignore[operator]

    applied = livechat("chats", "apply", "world.toml", typed="y\n")
    assert applied.exit_code == 0, applied.output + applied.stderr
    assert "Applied: 4 of 4." in applied.output
    again = livechat("chats", "apply", "world.toml", "--yes")
    assert again.output == "Everything is like this already.\n"
    chats = exported()["live_chats"]
    assert isinstance(chats, dict)
    assert (chats["support"]["name"], chats["support"]["operators"]) == ("Help Desk", ["support-operators"])
    assert (chats["it"]["account_app"], chats["it"]["rule_settings"]) == ("contacts", {"field": "manager"})
    assert "live_chat.created" in livechat("audit").output


@pytest.mark.usefixtures("support")
def test_only_pruning_deletes_what_the_file_does_not_name() -> None:
    written("world.toml", WORLD.replace('[live_chats.support]\nname = "Help Desk"\nwaiting_alert = 15\n', ""))
    assert livechat("chats", "apply", "world.toml", "--yes").exit_code == 0
    assert "support" in exported()["live_chats"]  # type: ignore[operator]
    refused = livechat("chats", "apply", "world.toml", "--yes", "--prune", typed="it\n")
    assert "Nothing is changed." in refused.output
    assert "support" in exported()["live_chats"]  # type: ignore[operator]
    assert livechat("chats", "apply", "world.toml", "--yes", "--prune", typed="support\n").exit_code == 0
    assert list(exported()["live_chats"]) == ["it"]  # type: ignore[call-overload]


@pytest.mark.usefixtures("support")
def test_with_one_thing_wrong_nothing_is_applied() -> None:
    before = exported()
    wrong = WORLD.replace('type = "account"', 'type = "text"').replace(
        'operators = ["staff"]', 'operators = ["nobody"]'
    )
    written("world.toml", wrong)
    refused = livechat("chats", "apply", "world.toml", "--yes")
    assert refused.exit_code == 2
    assert "error: world.toml: live_chats.it.operators: there is no group 'nobody'" in refused.stderr
    assert "live_chats.it.account_app: The app 'Contacts' has no field of the type Account" in refused.stderr
    assert exported() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[live_chat.it]\nname = 'IT'", "live_chat: unknown key: did you mean live_chats?"),
        ("[live_chats.it]\nnane = 'IT'", "live_chats.it.nane: unknown key: did you mean name?"),
        (
            "[live_chats.it]\nwaiting_alert = 'soon'",
            "live_chats.it.waiting_alert: must be a whole number of minutes",
        ),
        (
            "[live_chats.it]\nshow_operator_name = 1",
            "live_chats.it.show_operator_name: must be true or false",
        ),
        ("[live_chats.it]\ncustomers = [1]", "live_chats.it.customers: must be a list of texts"),
        ("live_chats = 3", "live_chats: must be a table"),
        ("[groups.staff]\nsource = 'sky'", "groups.staff.source: must be one of"),
        ("[groups.staff]\nsource = 'room'", "groups.staff.room: is missing"),
        ("[groups.staff]\ncolour = 'red'", "groups.staff.colour: unknown key"),
        ("[[apps.contacts.fields]]\nkey = 'a'", "apps.contacts.name: must be a text"),
        ("[live_chats", "is not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(text: str, told: str) -> None:
    written("wrong.toml", text)
    refused = livechat("chats", "apply", "wrong.toml", "--yes")
    assert refused.exit_code == 2
    assert f"error: wrong.toml: {told}" in refused.stderr


def test_a_file_that_is_not_there_is_named() -> None:
    assert livechat("chats", "apply", "none.toml").stderr == "error: none.toml: does not exist\n"


@pytest.mark.usefixtures("support")
def test_an_export_brings_everything_back_into_an_empty_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written("world.toml", WORLD)
    assert livechat("chats", "apply", "world.toml", "--yes").exit_code == 0
    everything = exported()
    livechat("chats", "export", "-o", str(tmp_path / "all.toml"))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert livechat("install", "--homeserver-url", "http://127.0.0.1:19", "--server-name", "x").exit_code == 0
    applied = livechat("chats", "apply", "../all.toml", "--yes")
    assert applied.exit_code == 0, applied.stderr
    assert exported() == everything
