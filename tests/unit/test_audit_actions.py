"""Every action that the code writes into the audit log is explained to who reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import livechat_plugin
from livechat_plugin.core.audit import ACTIONS

PACKAGE = Path(livechat_plugin.__file__).parent


def written() -> Iterator[tuple[str, ast.expr]]:
    """Where something is written into the log, and the expression for the action."""
    for file in [*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "hooks").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.add"):
                yield f"{file.name}:{node.lineno}", node.args[2]


def literals(expression: ast.expr) -> list[str]:
    return [
        node.value
        for node in ast.walk(expression)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_every_action_that_is_written_is_explained() -> None:
    unknown = {
        where: action
        for where, expression in written()
        for action in literals(expression)
        if action not in ACTIONS
    }
    assert not unknown, "say in ACTIONS of core/audit.py what these mean"


def test_every_explanation_is_a_sentence() -> None:
    for action, meaning in ACTIONS.items():
        noun, _, participle = action.partition(".")
        assert noun, action
        assert participle, action
        assert meaning.endswith("."), action
