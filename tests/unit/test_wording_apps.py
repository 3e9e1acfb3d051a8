"""What administrators are told about apps."""

from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import read_fields
from livechat_plugin.core.apps import App
from livechat_plugin.core.live_chats import LiveChat

CONTACTS = App("contacts", "Contacts", read_fields(["name:string!", "account:account Accounts"]))
BOUND = LiveChat(1, "support", "Customer Support", "operators", account_app="contacts")
REGISTERING = LiveChat(2, "it", "IT Help", "operators", message_apps=("contacts",))


def test_apps_are_listed_with_their_fields() -> None:
    listed = wording.apps_listed([CONTACTS], [App("crm", "CRM", CONTACTS.fields)])
    assert listed.splitlines() == [
        "Apps:",
        "contacts: Contacts (name, account)",
        "crm: CRM, offered by a hook",
    ]
    assert wording.apps_listed([], []) == wording.NO_APPS


def test_an_app_is_shown_as_it_can_be_written() -> None:
    assert wording.app_shown(CONTACTS, 1, [BOUND, REGISTERING]).splitlines() == [
        "Contacts (contacts), 1 item",
        "  name:string! Name",
        "  account:account Accounts",
        "Customer Support (support) is bound to it; IT Help (it) registers messages in it.",
    ]
    assert wording.app_used(CONTACTS, []) == "No live chat uses it."
    assert wording.app_use("contacts", BOUND) == "Customer Support (support) is bound to it"


def test_an_app_without_account_field_is_remarked_on() -> None:
    assert wording.app_made(CONTACTS) == "Contacts (contacts) is made."
    notes = App("notes", "Notes", read_fields(["text:text"]))
    assert "no live chat can be bound to it" in wording.app_made(notes)


def test_what_became_of_an_app() -> None:
    assert wording.app_changed(CONTACTS) == "Contacts (contacts) now has the fields name, account."
    assert wording.app_deleted("contacts", 2) == "The app contacts is deleted, with 2 items."
    assert wording.items_counted(0) == "0 items"


def test_what_would_be_lost() -> None:
    assert "Its 3 items would be gone" in wording.deletion_not_confirmed(CONTACTS, 3)
    assert "It has no items." in wording.deletion_not_confirmed(CONTACTS, 0)
    assert "name in 1 item, account in 2 items" in wording.loss_not_confirmed([("name", 1), ("account", 2)])
