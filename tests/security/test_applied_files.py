"""What `livechat chats apply` reads, shows and does (SEC-APPLY): the file may come from anybody."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app
from livechat_plugin.cli.chats import toml
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.services.live_chats.applying import ChangedMeanwhile
from livechat_plugin.services.live_chats.documents import Document
from tests.unit.desk import CARLA, Desk
from tests.unit.wiring import ADA

FILE = Path("wanted.toml")


def livechat(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    assert livechat("install", "--homeserver-url", "http://127.0.0.1:19", "--server-name", "x").exit_code == 0


# --- what is shown is what is done ---

DISGUISED = {
    "marks of a layout": r"[conceal]Support[/conceal]",
    "a mark that nothing opened": "[/red]",
    "a link": "[link=https://evil.example]Support[/link]",
    "a terminal's commands": r"Support\u001b[2K\u001b[1A",
    "one character that begins a command": r"Support\u009b2K",
    "letters turned round": r"Support\u202etrohs",
    "lines of their own": r"Support\nApply nothing",
}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("how", DISGUISED)
def test_a_plan_shows_every_character_as_it_is(how: str) -> None:
    name = DISGUISED[how]
    FILE.write_text(f'[live_chats.it]\nname = "{name}"\noperators = ["@anna:x"]\n')
    said = livechat("chats", "apply", str(FILE), typed="n\n")
    assert "Nothing is changed." in said.output
    told = tomllib.loads(f'name = "{name}"')["name"]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in told)
    assert f" {shown} " in said.output


@pytest.mark.usefixtures("installed")
def test_names_are_no_markup_in_any_table() -> None:
    FILE.write_text('[live_chats.it]\nname = "[bold]IT[/x]"\noperators = ["@anna:x"]\n')
    assert "Applied" in livechat("chats", "apply", str(FILE), "--yes").output
    for shown in (livechat("chats", "list"), livechat("chats", "show", "it"), livechat("chats", "sources")):
        assert shown.exit_code == 0, shown.output
        assert "[bold]IT[/x]" in shown.output


async def test_what_others_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    """Not even where the file leaves it out: only the steps of the plan are done."""
    applying = desk.use_cases.applying
    document = Document({"support": {"name": "Help Desk"}})
    prepared = await applying.prepare(ADA, document, prune=False)
    desk.change_live_chat(customers=(CARLA,), version=desk.live_chat.version + 1)
    with pytest.raises(ChangedMeanwhile):
        async with desk.store.begin() as work:
            await applying.apply(work, ADA, prepared)
    assert (desk.live_chat.name, desk.live_chat.customers) == ("Customer Support", (CARLA,))


# --- files that are larger inside, or endless ---

MANY = 5_000
HOSTILE = {
    "lists in lists": f"a = {'[' * MANY}{']' * MANY}",
    "tables in tables": f"a = {'{a = ' * MANY}1{'}' * MANY}",
    "a key of very many parts": f"{'a.' * MANY}a = 1",
    "a number of very many digits": f"[live_chats.it]\nwaiting_alert = {'9' * 100_000}",
    "a text longer than any file": f'[live_chats.it]\nname = "{"x" * 20_000_000}"',
    "half of a character": '[live_chats.it]\nname = "\\ud800"',
    "a character that is none": '[live_chats.it]\nname = "\\Uffffffff"',
    "a nothing": '[live_chats.it]\nname = "\0"',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_breaks_nothing(what: str, tmp_path: Path) -> None:
    file = tmp_path / "wanted.toml"
    file.write_text(HOSTILE[what], encoding="utf-8")
    with pytest.raises(ConfigurationError):
        toml.read_document(file)


def test_what_has_no_end_is_not_read_to_it() -> None:
    with pytest.raises(ConfigurationError, match="more than"):
        toml.read_document(Path("/dev/zero"))


VALUES = {
    "a number beyond any column": "waiting_alert = 9223372036854775808",
    "a number that is none": "rule_settings = { field = nan }",
    "a moment": "rule_settings = { field = 1979-05-27T07:32:00Z }",
    "a number beyond any database": "rule_settings = { field = 99999999999999999999999999 }",
    "a nothing in a name": 'name = "I\\u0000T"',
    "a nothing in an operator": 'operators = ["@an\\u0000na:x"]',
    "a nothing in a customer": 'customers = ["@an\\u0000na:x"]',
    "a nothing in a rule": 'rule = "off\\u0000er"',
    "a nothing in an app": 'account_app = "a\\u0000"',
}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("what", VALUES)
def test_a_value_that_nothing_can_hold_is_told_with_its_place(what: str) -> None:
    line = VALUES[what]
    rest = "" if line.startswith("name") else 'name = "IT"\n'
    rest += "" if line.startswith("operators") else 'operators = ["@anna:x"]\n'
    FILE.write_text(f"[live_chats.it]\n{rest}{line}\n")
    refused = livechat("chats", "apply", str(FILE), "--yes")
    assert refused.exit_code in {1, 2}, refused.output
    assert "error: " in refused.stderr, refused.exception
    assert f"live_chats.it.{line.split(' ')[0].removesuffix('settings')}" in refused.stderr
    assert livechat("chats", "list").output.startswith("There are no live chats yet")
