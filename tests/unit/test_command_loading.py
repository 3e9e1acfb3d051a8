"""A command imports what it needs, so that the others need not wait for that."""

import inspect
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livechat_plugin import cli
from livechat_plugin.cli import chats
from livechat_plugin.cli.loading import Command

REPOSITORY = Path(__file__).parents[2]
EVERY = [(name, one) for commands in (cli.COMMANDS, chats.COMMANDS) for name, one in commands.items()]

PRELUDE = """
import atexit, sys
HEAVY = {"alembic", "asyncpg", "email_validator", "fastapi", "nio", "phonenumbers", "sqlalchemy", "uvicorn"}
atexit.register(lambda: print("loaded:", *sorted(HEAVY & sys.modules.keys()), file=sys.stderr))
from livechat_plugin.cli import app
app()
"""


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_the_help_of_all_says_what_the_command_says_of_itself(name: str, command: Command) -> None:
    loaded = command.load(name)
    assert loaded.name == name
    assert inspect.cleandoc(loaded.help).split("\n\n")[0].replace("\n", " ") == command.summary


@pytest.mark.parametrize(("arguments", "commands"), [((), cli.COMMANDS), (("chats",), chats.COMMANDS)])
def test_the_help_tells_of_every_command(arguments: tuple[str, ...], commands: Mapping[str, Command]) -> None:
    told = CliRunner().invoke(cli.app, [*arguments, "--help"], terminal_width=200, env={"COLUMNS": "200"})
    assert told.exit_code == 0
    for name, command in commands.items():
        assert any(name in line and command.summary in line for line in told.output.splitlines())


def test_a_misspelt_command_is_told_with_what_may_be_meant() -> None:
    told = CliRunner().invoke(cli.app, ["chat", "list"])
    assert told.exit_code == 2
    assert "Did you mean 'chats'" in told.output


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--help",), ""),
        (("chats", "--help"), ""),
        (("install", "--help"), ""),
        (("chats", "list"), "sqlalchemy"),
        (("operators", "list"), "sqlalchemy"),
        (("audit",), "sqlalchemy"),
    ],
)
def test_nothing_else_is_loaded(tmp_path: Path, arguments: tuple[str, ...], needed: str) -> None:
    installed = CliRunner().invoke(
        cli.app,
        ["install", "--homeserver-url=http://x", "--server-name=x", f"--config={tmp_path}/plugin.toml"],
    )
    assert installed.exit_code == 0, installed.output
    # The database is made the first time, which needs more.
    assert CliRunner().invoke(cli.app, ["migrate", f"--config={tmp_path}/plugin.toml"]).exit_code == 0
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.stderr.strip() == f"loaded: {needed}".strip()
