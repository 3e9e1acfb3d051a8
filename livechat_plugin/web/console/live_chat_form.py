"""The form of a live chat as a browser sends it: read, shown again with what was written, and turned into changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from livechat_plugin.core.apps import Field
from livechat_plugin.core.live_chats import DEFAULT_RULE, DEFAULT_SESSION_NAME, suggest_slug
from livechat_plugin.services.items import show_value
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.live_chats.fields import RULE_PREFIX
from livechat_plugin.services.live_chats.form import read_people

LONGEST = 100_000
"""Characters of one field that are looked at; more is no slip of the pen."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the fields, as people wrote it.

    Attributes:
        settings: of the routing rule; the keys begin with `rule_`.
    """

    slug: str = ""
    name: str = ""
    account_app: str = ""
    message_apps: tuple[str, ...] = ()
    customers: str = ""
    show_operator_name: bool = False
    show_operator_name_to_external: bool = False
    rule: str = DEFAULT_RULE
    settings: Mapping[str, str] = field(default_factory=dict)
    operators: str = ""
    supervisors: str = ""
    session_name: str = DEFAULT_SESSION_NAME
    waiting_alert: str = "0"


def written_in(form: FormData, slug: str | None = None) -> Written:
    """What came from a browser; a field that is missing is empty.

    Args:
        form: as sent.
        slug: of the live chat that is changed; None for a new one, whose slug is made of its name if it has none.
    """

    def text(key: str) -> str:
        value = form.get(key, "")
        return value[:LONGEST] if isinstance(value, str) else ""

    return Written(
        slug=slug if slug is not None else (text("slug").strip() or suggest_slug(text("name"))),
        name=text("name"),
        account_app=text("account_app").strip(),
        message_apps=tuple(
            dict.fromkeys(key for key in form.getlist("message_apps") if isinstance(key, str) and key)
        ),
        customers=text("customers"),
        show_operator_name=bool(text("show_operator_name")),
        show_operator_name_to_external=bool(text("show_operator_name_to_external")),
        rule=text("rule").strip() or DEFAULT_RULE,
        settings={key: text(key) for key in form if key.startswith(RULE_PREFIX)},
        operators=text("operators"),
        supervisors=text("supervisors"),
        session_name=text("session_name"),
        waiting_alert=text("waiting_alert"),
    )


def written_as(form: LiveChatForm, settings: Sequence[Field]) -> Written:
    """A live chat as it is, as it could be written.

    Args:
        form: the live chat.
        settings: what can be set about its rule; the keys begin with `rule_`.
    """
    kept = form.rule_settings
    return Written(
        slug=form.slug,
        name=form.name,
        account_app=form.account_app or "",
        message_apps=form.message_apps,
        customers=", ".join(form.customers),
        show_operator_name=form.show_operator_name,
        show_operator_name_to_external=form.show_operator_name_to_external,
        rule=form.rule,
        settings={
            one.key: show_value(one, kept[key])
            for one in settings
            if (key := one.key.removeprefix(RULE_PREFIX)) in kept
        },
        operators=", ".join(form.operators),
        supervisors=", ".join(form.supervisors),
        session_name=form.session_name,
        waiting_alert=str(form.waiting_alert),
    )


def form_from(written: Written, settings: Sequence[Field]) -> tuple[LiveChatForm, Mapping[str, str]]:
    """What is to be checked, and what is wrong already.

    Args:
        written: what came.
        settings: what can be set about the rule; what else came was meant for another rule, and is left out.
    """
    known = {one.key for one in settings}
    chosen: dict[str, Any] = {
        key.removeprefix(RULE_PREFIX): value
        for key, value in written.settings.items()
        if key in known and value.strip()
    }
    minutes, errors = _minutes(written.waiting_alert)
    return (
        LiveChatForm(
            slug=written.slug,
            name=written.name,
            operators=read_people(written.operators),
            supervisors=read_people(written.supervisors),
            customers=read_people(written.customers),
            rule=written.rule,
            rule_settings=chosen,
            account_app=written.account_app or None,
            message_apps=written.message_apps,
            show_operator_name=written.show_operator_name,
            show_operator_name_to_external=written.show_operator_name_to_external,
            session_name=written.session_name,
            waiting_alert=minutes,
        ),
        errors,
    )


def _minutes(written: str) -> tuple[int, Mapping[str, str]]:
    text = written.strip()
    if not text:
        return 0, {}
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text), {}
    return 0, {"waiting_alert": "must be a whole number of minutes; 0 tells nobody"}
