"""What is said about live chats themselves."""

from dataclasses import replace
from datetime import UTC, datetime

from livechat_plugin.core import wording
from tests.unit.test_wording import CHAT


def test_customers_of_a_deleted_live_chat_are_told_that_it_is_closed_and_nobody_to_ask() -> None:
    deleted = replace(CHAT, deleted_at=datetime(2026, 1, 1, tzinfo=UTC))
    closed = wording.live_chat_closed(deleted)
    assert "Customer Support has been closed" in closed
    assert wording.access_refused(deleted, ("@ada:x",)) == closed


def test_rooms_are_named_after_their_live_chat() -> None:
    assert wording.queue_room_name("IT") == "IT: queue"
    assert wording.supervisors_room_name("IT") == "IT: supervisors"
