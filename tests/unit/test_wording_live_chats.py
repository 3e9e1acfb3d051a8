"""What is said about live chats themselves."""

from dataclasses import replace
from datetime import UTC, datetime

from livechat_plugin.core import wording
from tests.unit.test_wording import CHAT, EVIL, read


def test_customers_of_a_deleted_live_chat_are_told_that_it_is_closed_and_nobody_to_ask() -> None:
    deleted = replace(CHAT, deleted_at=datetime(2026, 1, 1, tzinfo=UTC))
    closed = wording.live_chat_closed(deleted)
    assert "Customer Support has been closed" in closed
    assert wording.access_refused(deleted, ("@ada:x",)) == closed


def test_rooms_are_named_after_their_live_chat() -> None:
    assert wording.queue_room_name("IT") == "IT: queue"
    assert wording.supervisors_room_name("IT") == "IT: supervisors"


def test_administrators_are_told_what_came_of_it() -> None:
    assert "@livechat_support:x" in wording.live_chat_made(CHAT, "@livechat_support:x")
    assert "is changed" in wording.live_chat_changed(CHAT, is_other=True)
    assert "already" in wording.live_chat_changed(CHAT, is_other=False)
    assert "supervisors' room" in wording.live_chat_deleted(CHAT)


def test_settings_are_told_by_section_and_no_name_breaks_the_html() -> None:
    text, html = wording.live_chat_settings([(EVIL, [("Name", EVIL)]), ("Apps", [("Bind account", "none")])])
    assert text == f"{EVIL}\n  Name: {EVIL}\nApps\n  Bind account: none"
    tags = read(html)
    assert set(tags.seen) == {"b", "ul", "li"}
    assert tags.text.count(EVIL) == 2
