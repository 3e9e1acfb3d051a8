"""What import-linter cannot say: which library is whose, and that hooks live on the public API alone.

The layers themselves are contracts in pyproject.toml.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "livechat_plugin"

OWNERS = {
    "nio": {"matrix", "demo"},  # the demo's people use a standard client
    "aiohttp": {"matrix", "demo"},
    "nh3": {"matrix", "web"},  # for clients, and for our own pages
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "fastapi": {"web", "bootstrap"},
    "starlette": {"web"},
    "prometheus_client": {"web"},
    "itsdangerous": {"web"},
    "jinja2": {"web"},
    "limits": {"web"},
    "typer": {"cli"},
    "rich": {"cli", "demo"},
    "uvicorn": {"cli"},
    "pydantic_settings": {"settings"},
    "watchfiles": {"bootstrap"},
    "email_validator": {"services"},
    "markdown_it": {"services"},
    "phonenumbers": {"services"},
}


def test_the_core_needs_only_the_standard_library() -> None:
    for file in sorted((PACKAGE / "core").rglob("*.py")):
        for module in _imports(file):
            is_ours = module.startswith("livechat_plugin.core")
            is_standard = module.split(".")[0] in sys.stdlib_module_names
            assert is_ours or is_standard, f"{file} imports {module}"


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_used_by_its_owners_only(library: str) -> None:
    for file in sorted(PACKAGE.rglob("*.py")):
        owner = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        used = {module for module in _imports(file) if module.split(".")[0] == library}
        assert not used or owner in OWNERS[library], f"{file} imports {library}"


HOOKS = REPOSITORY / "hooks"


@pytest.mark.parametrize("hook", sorted(HOOKS.rglob("*.py")), ids=lambda path: str(path.relative_to(HOOKS)))
def test_a_hook_that_ships_uses_nothing_that_others_could_not_use(hook: Path) -> None:
    ours = {module for module in _imports(hook) if module.split(".")[0] in {"livechat_plugin", "hooks"}}
    assert ours <= {"livechat_plugin"}, f"{hook} imports {ours}"


@cache
def _imports(file: Path) -> frozenset[str]:
    return frozenset(_named(file))


def _named(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # The parts of a hook that is a folder know each other by no other name.
            is_part = node.level == 1 and HOOKS in file.parents and file.parent != HOOKS
            assert node.level == 0 or is_part, f"{file}: relative imports are not used here"
            if not is_part:
                yield node.module or ""
