"""What is said to those who look for a live chat."""

from livechat_plugin.core import wording
from livechat_plugin.core.live_chats import LiveChat


def test_live_chats_are_listed_with_links_and_no_name_breaks_the_html() -> None:
    found = [("<b>IT", "@livechat_it:x", None), ("Support", "@livechat_support:x", "!room")]
    text, html = wording.live_chats_found(found, "x")
    assert "<b>IT: write to @livechat_it:x, https://matrix.to/#/@livechat_it:x" in text
    assert "Support: your chat, https://matrix.to/#/!room?via=x" in text
    assert (
        "<li><strong>&lt;b&gt;IT</strong>: write to "
        '<a href="https://matrix.to/#/@livechat_it:x">@livechat_it:x</a></li>'
    ) in html
    assert (
        '<li><strong>Support</strong>: <a href="https://matrix.to/#/!room?via=x">your chat</a></li>' in html
    )


def test_to_whom_nothing_is_open_is_told_whom_to_ask() -> None:
    assert wording.no_live_chats("@ada:x") == "No live chat is open to you. Please ask @ada:x."


def test_a_room_made_ahead_says_what_it_is_for() -> None:
    assert "Support answers" in wording.room_made_ahead(LiveChat(1, "s", "Support", "operators"))
