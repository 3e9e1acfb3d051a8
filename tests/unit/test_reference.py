"""The reference in docs/reference/ is current, and nothing in it lacks its explanation."""

import ast
from typing import Any

import pytest
from pydantic import BaseModel

from docs import build_reference
from livechat_plugin.services.commands import COMMANDS
from livechat_plugin.services.ports import METERS

HOOKS = {name: node for name, (_, node) in build_reference.hook_functions().items()}
TABLES = {name: model for name, (_, model) in build_reference.setting_tables().items()}
OPERATORS = (build_reference.FOLDER.parent / "operators.md").read_text(encoding="utf-8")
COMMAND_LINE = dict(build_reference.command_line())


def test_the_reference_is_current() -> None:
    assert build_reference.main(["--check"]) == 0, "run `make docs`"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_tells_when_it_is_called_what_it_gets_and_what_to_return(name: str) -> None:
    node = HOOKS[name]
    doc = build_reference.read_docstring(ast.get_docstring(node, clean=False) or "")
    assert doc[""]
    assert doc.get("When")
    assert doc.get("Since")
    assert name in doc.get("Example", "")
    arguments = [argument.arg for argument in node.args.args]
    assert list(build_reference.read_arguments(doc.get("Args", ""))) == arguments
    is_asked = not name.startswith("livechat_on_")
    assert ("Returns" in doc) == is_asked


@pytest.mark.parametrize("name", TABLES)
def test_every_setting_is_explained(name: str) -> None:
    model: type[BaseModel] = TABLES[name]
    assert build_reference.setting_tables()[name][0], name
    for key, field in model.model_fields.items():
        assert field.description, f"[{name}] {key}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_explained(command: Any) -> None:
    assert command.places
    for usage in command.usages:
        assert usage.usage.startswith(f"!{command.name}")
        assert usage.summary.endswith(".")
        assert f"`{usage.usage}`" in OPERATORS, "docs/operators.md leaves it out"
        assert "|" not in usage.usage, "it would end the column of a table"


@pytest.mark.parametrize("name", COMMAND_LINE)
def test_every_command_of_the_command_line_is_explained(name: str) -> None:
    command = COMMAND_LINE[name]
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", METERS)
def test_every_metric_is_explained(name: str) -> None:
    assert METERS[name].endswith(".")
