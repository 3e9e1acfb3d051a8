"""What the demo's administrators have set up: apps for customers and their requests, and the live chats bound to them."""

from collections.abc import Iterator
from typing import Final

from livechat_plugin.core.apps import App, Field, FieldType
from livechat_plugin.services.live_chats import LiveChatForm

_ACCOUNT: Final = Field("account", "Account", FieldType.ACCOUNT)

CONTACTS: Final = App(
    "contacts",
    "Contacts",
    (
        Field("name", "Name", FieldType.STRING, is_required=True),
        Field("company", "Company", FieldType.STRING),
        Field("phone", "Phone", FieldType.PHONE, locale="DE"),
        Field("email", "E-mail", FieldType.EMAIL),
        Field("manager", "Manager", FieldType.USER, help="Who looks after them."),
        _ACCOUNT,
    ),
)
COMPLAINTS: Final = App(
    "complaints",
    "Complaints",
    (
        Field("text", "What happened", FieldType.STRING, is_required=True),
        Field("urgency", "Urgency", FieldType.CHOICE, choices=("low", "high")),
        _ACCOUNT,
    ),
)
REQUESTS: Final = App(
    "requests",
    "Support requests",
    (
        Field("text", "What is needed", FieldType.STRING, is_required=True),
        Field("until", "Until", FieldType.DATE),
        _ACCOUNT,
    ),
)
APPS: Final = (CONTACTS, COMPLAINTS, REQUESTS)


def live_chats(
    server_name: str, operators: tuple[str, ...], supervisors: tuple[str, ...]
) -> Iterator[LiveChatForm]:
    """One live chat for everybody, and one for colleagues who know each other by name."""
    everybody = (f"@*:{server_name}",)
    yield LiveChatForm(
        "support",
        "Customer Support",
        operators,
        supervisors,
        everybody,
        account_app=CONTACTS.key,
        message_apps=(COMPLAINTS.key, REQUESTS.key),
    )
    yield LiveChatForm(
        "it",
        "IT Help Desk",
        operators,
        supervisors,
        everybody,
        rule="assigned_to",
        rule_settings={"field": "manager"},
        account_app=CONTACTS.key,
        show_operator_name=True,
    )
