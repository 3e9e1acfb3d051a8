"""The options that say what a live chat is to be; the same ones for a new live chat and for a changed one."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.services.live_chats.form import read_people

Slug = Annotated[str, typer.Argument(help="Short name for Matrix ids and commands: a-z, 0-9 and -.")]
Operators = Annotated[
    list[str] | None,
    typer.Option("--operator", help="Matrix id of an operator, or the name of a group; repeat for more ids."),
]
Supervisors = Annotated[
    list[str] | None,
    typer.Option(
        "--supervisor", help="Matrix id of a supervisor, or the name of a group; repeat for more ids."
    ),
]
Customers = Annotated[
    list[str] | None,
    typer.Option(
        "--customer",
        help="Who may write: a Matrix id, a pattern such as @*:example.org, a group, a unit; repeat.",
    ),
]
Rule = Annotated[str | None, typer.Option(help="Routing rule.")]
RuleSettings = Annotated[
    list[str] | None,
    typer.Option("--rule-setting", help="A setting of the routing rule, as key=value; repeat."),
]
AccountApp = Annotated[str | None, typer.Option(help="App that keeps customers' data; empty binds none.")]
MessageApps = Annotated[
    list[str] | None, typer.Option("--message-app", help="App whose items operators register; repeat.")
]
ShowName = Annotated[
    bool | None,
    typer.Option("--show-operator-name/--hide-operator-name", help="To customers of this homeserver."),
]
ShowNameToExternal = Annotated[
    bool | None,
    typer.Option(
        "--show-operator-name-to-external/--hide-operator-name-from-external", help="To all others."
    ),
]
SessionName = Annotated[
    str | None, typer.Option(help="Template of sessions' names, such as '#{number} {client}'.")
]
WaitingAlert = Annotated[
    int | None, typer.Option(help="Minutes after which supervisors are told that a session waits; 0: never.")
]


def given(  # noqa: PLR0913 - each is an option
    *,
    operators: list[str] | None,
    supervisors: list[str] | None,
    customers: list[str] | None,
    rule: str | None,
    rule_settings: list[str] | None,
    account_app: str | None,
    message_apps: list[str] | None,
    show_name: bool | None,
    show_name_to_external: bool | None,
    session_name: str | None,
    waiting_alert: int | None,
) -> dict[str, Any]:
    """What the options say, as changes of a form; what is not given is absent, an empty text empties."""
    changes: dict[str, Any] = {
        "operators": _people(operators),
        "supervisors": _people(supervisors),
        "customers": _people(customers),
        "rule": rule,
        "rule_settings": _settings(rule_settings),
        "message_apps": tuple(filter(None, message_apps)) if message_apps is not None else None,
        "show_operator_name": show_name,
        "show_operator_name_to_external": show_name_to_external,
        "session_name": session_name,
        "waiting_alert": waiting_alert,
    }
    changes = {key: value for key, value in changes.items() if value is not None}
    if account_app is not None:
        changes["account_app"] = account_app or None
    return changes


def _people(named: Sequence[str] | None) -> tuple[str, ...] | None:
    if named is None:
        return None
    return tuple(dict.fromkeys(one for written in named for one in read_people(written)))


def _settings(written: Sequence[str] | None) -> dict[str, Any] | None:
    if written is None:
        return None
    settings: dict[str, Any] = {}
    for one in written:
        key, equals, value = one.partition("=")
        if not equals:
            raise InvalidLiveChat("rule_settings", f"{one!r} is not written as key=value")
        settings[key.strip()] = value
    return settings
