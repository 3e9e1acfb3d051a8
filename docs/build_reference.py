"""Writes `docs/reference/` from the code: hooks, settings, commands, command line, metrics, audited actions.

python docs/build_reference.py           write the pages
python docs/build_reference.py --check   say which are not current; the status is then 1
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from livechat_plugin import hookspecs
from livechat_plugin.cli import app
from livechat_plugin.core.audit import ACTIONS
from livechat_plugin.plugins import find_hooks, hook_class_of
from livechat_plugin.refused_settings import ENVIRONMENT_PREFIX, NESTING, is_environment_only
from livechat_plugin.resources import bundled
from livechat_plugin.services.commands import COMMANDS, PLACE_NAMES
from livechat_plugin.settings import Settings
from livechat_plugin.web.metrics import PrometheusMeter

FOLDER = Path(__file__).parent / "reference"
MADE = "<!-- Made by `make docs` from the code: change it there. -->"
SECTIONS = ("When", "Args", "Returns", "Example", "Since", "Changed")


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {
        "hooks.md": _page("Hooks", "How to write one: [Hooks](../hooks.md).", _hooks()),
        "settings.md": _page(
            "Settings",
            "What stands in `plugin.toml`. The environment wins over the file; lists are written with commas there.",
            _settings(),
        ),
        "commands.md": _page(
            "Commands in rooms",
            "Written as messages. A text that is to begin with `!` is written with `!!`.",
            _commands(),
        ),
        "cli.md": _page("Command line", "`livechat --help` says the same.", _command_line()),
        "metrics.md": _page(
            "Metrics", "At `/metrics`, for Prometheus. Numbers only: no names, no texts.", _metrics()
        ),
        "audit.md": _page(
            "Audited actions",
            "What `livechat audit` and the bot's `!audit` show: who did it and when.",
            _actions(),
        ),
    }


def _page(title: str, introduction: str, lines: Iterable[str]) -> str:
    text = "\n".join([f"# {title}", "", MADE, "", introduction, "", *lines])
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


# --- hooks --------------------------------------------------------------------------------------------------


def hook_functions() -> dict[str, tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every hook specification: its family, from its module's name, and its definition."""
    return {
        node.name: (family.__name__.rpartition(".")[2].replace("_", " ").capitalize(), node)
        for family in hookspecs.FAMILIES
        for node in ast.parse(inspect.getsource(family)).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("livechat_")
    }


def read_docstring(text: str) -> dict[str, str]:
    """A hook's docstring by section; what stands before the first is under ""."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):[ \n]", inspect.cleandoc(text), flags=re.MULTILINE)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return {"": parts[0].strip(), **{name: inspect.cleandoc(body).strip() for name, body in named}}


def read_arguments(section: str) -> dict[str, str]:
    """What an `Args:` section says of each argument."""
    found = re.findall(r"^(\w+): (.*(?:\n[ \t]+.*)*)", section, flags=re.MULTILINE)
    return {name: _joined(text) for name, text in found}


def _hooks() -> Iterator[str]:
    yield _joined(inspect.cleandoc(hookspecs.__doc__ or "").partition("\n")[0])
    yield "\n" + inspect.cleandoc(hookspecs.__doc__ or "").partition("\n")[2].strip()
    last = ""
    for name, (family, node) in hook_functions().items():
        if family != last:
            yield f"\n## {family}"
            last = family
        doc = read_docstring(ast.get_docstring(node, clean=False) or "")
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield f"\n### {name}\n\n{doc['']}\n"
        yield f"```python\ndef {name}({ast.unparse(node.args)}){returns}\n```\n"
        yield f"**When:** {_joined(doc.get('When', ''))}\n"
        if arguments := read_arguments(doc.get("Args", "")):
            yield "**Arguments:**\n"
            yield from (f"- `{argument}`: {text}" for argument, text in arguments.items())
            yield ""
        if "Returns" in doc:
            yield f"**Returns:** {_joined(doc['Returns'])}\n"
        yield f"**Example:**\n\n{doc.get('Example', '')}\n"
        yield f"Since {doc.get('Since', '')}. {_joined(doc.get('Changed', ''))}".rstrip()


# --- settings -----------------------------------------------------------------------------------------------


def setting_tables() -> dict[str, tuple[str, type[BaseModel]]]:
    """Every table of the configuration: what it is for, and its keys."""
    tables: dict[str, tuple[str, type[BaseModel]]] = {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            tables[name] = (field.description or "", field.annotation)
    for hook in find_hooks(bundled("hooks")):
        if hook.is_bundled:
            hook_class = hook_class_of(hook)
            tables[f"hooks.{hook.name}"] = (inspect.getdoc(hook_class) or "", hook_class.settings_model)
    return tables


def _settings() -> Iterator[str]:
    for name, (text, model) in setting_tables().items():
        yield f"\n## [{name}]\n\n{text}\n"
        rows = [
            (f"`{key}`", _default(field), f"`{_variable(name, key)}`", field.description or "")
            for key, field in model.model_fields.items()
        ]
        if name.startswith("hooks."):
            is_off = any(field.is_required() for field in model.model_fields.values())
            toggle = (
                "`enabled`",
                "`true`, once the table is there" if is_off else "`true`",
                f"`{_variable(name, 'enabled')}`",
                "Off: the hook is not loaded.",
            )
            rows.insert(0, toggle)
        yield from _table(("Key", "Default", "Environment", "Meaning"), rows)


def _variable(table: str, key: str) -> str:
    return ENVIRONMENT_PREFIX + NESTING.join([*table.split("."), key]).upper()


def _default(field: FieldInfo) -> str:
    if is_environment_only(field):
        return "none; environment only"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "required" if value is PydanticUndefined else f"`{_as_toml(value)}`"


def _as_toml(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


# --- commands, command line, metrics ------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    rows = [
        (
            f"`{usage.usage}`",
            usage.summary,
            usage.topic.audience.value,
            ", ".join(sorted(PLACE_NAMES[place] for place in command.places)),
        )
        for command in COMMANDS
        for usage in command.usages
    ]
    yield from _table(("Command", "What it does", "For", "Where it works"), rows)


def command_line() -> Iterator[tuple[str, Any]]:
    """Every command of the command line with its full name."""
    waiting: list[tuple[str, Any]] = [("livechat", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop(0)
        subcommands = command.list_commands(None) if hasattr(command, "list_commands") else []
        waiting[:0] = [(f"{name} {sub}", command.get_command(None, sub)) for sub in subcommands]
        if not subcommands:
            yield name, command


def _command_line() -> Iterator[str]:
    for name, command in command_line():
        usage = " ".join([name, *(_metavar(p) for p in command.params if p.param_type_name == "argument")])
        yield f"\n## {name}\n\n```\n{usage} [options]\n```\n\n{inspect.cleandoc(command.help or '')}\n"
        yield from _table(
            ("Option", "Default", "Meaning"), [_option(parameter) for parameter in command.params]
        )


def _metavar(parameter: Any) -> str:
    return str(parameter.name).upper()


def _option(parameter: Any) -> tuple[str, str, str]:
    is_argument = parameter.param_type_name == "argument"
    names = [_metavar(parameter)] if is_argument else parameter.opts
    default = "required" if parameter.required else ""
    if not parameter.required and parameter.default not in {None, False, ()}:
        default = f"`{parameter.default}`"
    variable = f" Environment: `{parameter.envvar}`." if parameter.envvar else ""
    return ", ".join(f"`{one}`" for one in names), default, f"{parameter.help or ''}{variable}"


def _metrics() -> Iterator[str]:
    rows = [
        (f"`{family.name}{'_total' if family.type == 'counter' else ''}`", family.type, family.documentation)
        for family in PrometheusMeter().registry.collect()
    ]
    yield from _table(("Name", "Type", "Meaning"), rows)


def _actions() -> Iterator[str]:
    yield from _table(
        ("Action", "What was done"), [(f"`{name}`", text) for name, text in sorted(ACTIONS.items())]
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        yield "It has no settings of its own." if "Key" in head else "It has no options."
        return
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in found:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def _cell(text: str) -> str:
    """A cell's text; outside of code, <prefix> would be taken for a tag."""
    is_code = text.startswith("`") and text.endswith("`")
    return (text if is_code else text.replace("<", "&lt;")).replace("|", "&#124;")


def _joined(text: str) -> str:
    return " ".join(text.split())


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    made = pages()
    if "--check" in arguments:
        stale = [name for name, text in made.items() if not _is_current(FOLDER / name, text)]
        for name in stale:
            print(f"docs/reference/{name} is not current: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
