"""The documentation of every hook: complete, and its example works."""

import asyncio
import inspect
import re
import textwrap
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Union

import pytest

import livechat_plugin
from livechat_plugin import (
    Account,
    App,
    DirectoryGroup,
    Field,
    FieldType,
    Hook,
    HookSettings,
    Item,
    LiveChat,
    Priority,
    Session,
    SessionState,
    Text,
    hookspecs,
)
from livechat_plugin.hookcalls import Hooks
from tests.unit.wiring import hook_manager

Spec = Callable[..., Any]
SPECS: dict[str, Spec] = {
    name: member
    for family in hookspecs.FAMILIES
    for name, member in vars(family).items()
    if name.startswith("livechat_") and callable(member)
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ARGUMENTS: dict[str, Any] = {
    "session": Session(
        12, 1, SessionState.OPENING, "My bicycle is late", NOW, "@anna:example.org", Priority.LOW
    ),
    "live_chat": LiveChat(1, "support", "Customer Support", "operators", routing_rule="always_anna"),
    "customer": Account(1, "matrix", "@carla:example.org", "Carla"),
    "first_message": Text("see http://example.org"),
    "app": App("contacts", "Contacts", (Field("account", "Account", FieldType.ACCOUNT),)),
    "item": Item("contacts", "1", "Carla Ltd."),
    "account_app": None,
    "group": DirectoryGroup("staff"),
    "rule": "rota",
    "item_id": None,
    "values": {"name": "Carla Ltd."},
    "author": "@anna:example.org",
    "token": "a-token",
    "query": "Carla",
}


@pytest.fixture(params=SPECS)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def doc(name: str) -> str:
    return inspect.getdoc(SPECS[name]) or ""


def section(name: str, title: str) -> str:
    """One part of a docstring, up to the next one or the end."""
    found = re.search(rf"^{title}:(.*?)(?=^[A-Z]\w+:|\Z)", doc(name), re.MULTILINE | re.DOTALL)
    return textwrap.dedent(found.group(1)).strip() if found else ""


def test_there_are_hooks_of_all_three_kinds() -> None:
    kinds = {name.split("_")[1] for name in SPECS}
    assert kinds == {"register", "choose", "on"}


def test_the_documentation_is_complete(name: str) -> None:
    assert doc(name).splitlines()[0].rstrip(".?")
    assert section(name, "When")
    assert re.fullmatch(r"\d+\.\d+", section(name, "Since"))
    parameters = inspect.signature(SPECS[name]).parameters
    described = re.findall(r"^(\w+):", section(name, "Args"), re.MULTILINE)
    assert described == list(parameters)
    if not name.startswith("livechat_on_"):
        assert section(name, "Returns")


def test_arguments_are_frozen_core_types(name: str) -> None:
    for argument, hint in typing.get_type_hints(SPECS[name]).items():
        for kind in parts_of(hint):
            assert kind in {str, NoneType, list, typing.Any} or kind.__module__.startswith(
                ("livechat_plugin.core", "collections.abc")
            ), argument


def parts_of(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in {Union, UnionType}:
        return [part for option in typing.get_args(hint) for part in parts_of(option)]
    return [typing.get_origin(hint) or hint]


async def test_the_example_is_a_hook_that_works(name: str) -> None:
    hook = example(name)
    hooks = Hooks(hook_manager(hook))
    arguments = {key: ARGUMENTS[key] for key in inspect.signature(SPECS[name]).parameters}
    returned = typing.get_type_hints(SPECS[name])["return"]
    match name.split("_")[1]:
        case "register":
            [kind] = typing.get_args(returned)
            entries: list[Any] = await hooks.register(name, kind, repr)
            assert entries
        case "choose":
            expected: Any = tuple(kind for kind in parts_of(returned) if kind is not NoneType)
            answer = await hooks.choose(name, expected, **arguments)
            assert answer is not None
        case _:
            before = state_of(hook)
            await hooks.announce(name, **arguments)
            assert state_of(hook) != before
    assert hooks._failures == {}


def example(name: str) -> Hook[HookSettings]:
    """The hook in the documentation, made with nothing but what the package exports."""
    found = re.fullmatch(r"```python\n(.*?)\n```", section(name, "Example"), re.DOTALL)
    assert found, "the example is missing"
    public = {exported: getattr(livechat_plugin, exported) for exported in livechat_plugin.__all__}
    namespace: dict[str, Any] = {
        **public,
        "Any": Any,
        "asyncio": asyncio,
        "Mapping": typing.Mapping,
        "__name__": "example",
    }
    exec(found.group(1), namespace)  # noqa: S102 - our own documentation
    [hook] = [
        value
        for value in namespace.values()
        if inspect.isclass(value) and issubclass(value, Hook) and value.__module__ == "example"
    ]
    made: Hook[HookSettings] = hook(HookSettings())
    assert hasattr(made, name)
    return made


def state_of(hook: Hook[HookSettings]) -> str:
    """What the examples keep in their class."""
    return repr({key: value for key, value in vars(type(hook)).items() if not callable(value)})
