"""What an administrator says of a live chat: one form for the command line, the bot, files and the console (S8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from livechat_plugin.core.live_chats import DEFAULT_RULE, DEFAULT_SESSION_NAME, LiveChat


@dataclass(frozen=True, slots=True)
class LiveChatForm:
    """A live chat as it is to be; nothing in it is checked yet.

    Attributes:
        operators: the name of a group, or Matrix ids, which become a list of the live chat's own.
        supervisors: the same; nobody if it is empty.
        customers: Matrix ids, patterns such as `@*:example.org`, names of groups and units (S3).
        rule: name of the routing rule (S11).
        rule_settings: the rule's own settings.
        account_app: key of the app that the live chat is bound to (S9).
        message_apps: keys of the apps whose items operators register (S10).
        show_operator_name: to customers of this homeserver (S5).
        waiting_alert: minutes; 0 tells nobody.
    """

    slug: str
    name: str
    operators: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    rule: str = DEFAULT_RULE
    rule_settings: Mapping[str, Any] = field(default_factory=dict)
    account_app: str | None = None
    message_apps: tuple[str, ...] = ()
    show_operator_name: bool = False
    show_operator_name_to_external: bool = False
    session_name: str = DEFAULT_SESSION_NAME
    waiting_alert: int = 0

    def changed(self, changes: Mapping[str, Any]) -> "LiveChatForm":
        """The same with some fields changed, by their names; None empties one.

        Settings of a rule go with the rule: another rule begins with none.
        """
        blank = LiveChatForm(self.slug, "")
        values: dict[str, Any] = {
            key: getattr(blank, key) if value is None else value for key, value in changes.items()
        }
        if values.get("rule", self.rule) != self.rule:
            values.setdefault("rule_settings", {})
        return replace(self, **values)


def form_of(live_chat: LiveChat) -> LiveChatForm:
    """A live chat as it is, to be changed."""
    return LiveChatForm(
        slug=live_chat.slug,
        name=live_chat.name,
        operators=(live_chat.operators,),
        supervisors=(live_chat.supervisors,) if live_chat.supervisors else (),
        customers=live_chat.customers,
        rule=live_chat.routing_rule,
        rule_settings=dict(live_chat.routing_settings),
        account_app=live_chat.account_app,
        message_apps=live_chat.message_apps,
        show_operator_name=live_chat.show_operator_name,
        show_operator_name_to_external=live_chat.show_operator_name_to_external,
        session_name=live_chat.session_name,
        waiting_alert=live_chat.waiting_alert,
    )


def read_people(written: str) -> tuple[str, ...]:
    """People and groups as somebody writes them in a line: commas between them; between Matrix ids spaces will do."""
    found: dict[str, None] = {}
    for part in re.split(r"[,;\n]", written):
        words = part.split() if part.strip().startswith("@") else [" ".join(part.split())]
        found.update(dict.fromkeys(word for word in words if word))
    return tuple(found)


def read_keys(written: str) -> tuple[str, ...]:
    """Keys of apps as somebody writes them in a line."""
    return tuple(dict.fromkeys(word for word in re.split(r"[,;\s]+", written) if word))
