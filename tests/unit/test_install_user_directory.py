"""`livechat install --user-directory`: live chats are found by name, and nothing else of homeserver.yaml changes."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app

HOMESERVER = """\
# Ours.
server_name: "example.org"
listeners:
  - port: 8008
    resources:
      - names: [client]
"""
MODULE = "livechat_plugin.synapse.user_directory.LiveChatDirectory"


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def install(text: str, *options: str) -> Result:
    Path("homeserver.yaml").write_text(text)
    return CliRunner().invoke(app, ["install", "--write", "homeserver.yaml", *options])


def modules() -> object:
    return YAML(typ="safe").load(Path("homeserver.yaml")).get("modules")


def test_the_module_is_added_once_with_the_prefix() -> None:
    done = install(HOMESERVER, "--user-directory")
    assert done.exit_code == 0, done.output
    assert "live chats are found by name" in done.output
    assert modules() == [{"module": MODULE, "config": {"prefix": "livechat"}}]
    text = Path("homeserver.yaml").read_text()
    assert text.startswith(HOMESERVER)
    again = install(text, "--user-directory")
    assert again.exit_code == 0
    assert Path("homeserver.yaml").read_text() == text


def test_without_the_option_no_module_is_added() -> None:
    assert install(HOMESERVER).exit_code == 0
    assert modules() is None


def test_a_list_of_other_modules_is_left_to_its_owner() -> None:
    others = f"{HOMESERVER}modules:\n  - module: somebody.Else\n"
    done = install(others, "--user-directory")
    assert done.exit_code == 2
    assert "add this to it by hand" in done.output
    assert modules() == [{"module": "somebody.Else"}]


def test_it_needs_the_homeservers_file() -> None:
    done = CliRunner().invoke(app, ["install", "--user-directory"])
    assert done.exit_code == 2
    assert "give --write" in done.output
