"""What is said about groups."""

from livechat_plugin.core import wording
from livechat_plugin.core.live_chats import LiveChat

CHAT = LiveChat(1, "support", "Customer Support", "operators")
BORIS = "@boris:example.org"


def test_who_is_taken_out_learns_why() -> None:
    assert wording.not_entitled(CHAT) == "You are no longer in the groups of Customer Support."


def test_who_cannot_be_taken_out_is_named_with_the_reason() -> None:
    words = wording.removal_failed(BORIS, "M_FORBIDDEN")
    assert BORIS in words
    assert "M_FORBIDDEN" in words
