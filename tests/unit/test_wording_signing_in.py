"""What is said to those who want into the console."""

from livechat_plugin.core import wording
from tests.unit.test_wording import read


def test_the_link_is_shown_with_its_terms() -> None:
    link = "https://livechat.example.org/console/sign-in/abc"
    text, html = wording.sign_in_link(link)
    assert link in text
    assert f'<a href="{link}">' in html
    assert read(html).text.count(link) == 1
    for said in (text, read(html).text):
        assert "ten minutes" in said
        assert "Pass it on to nobody" in said


def test_where_others_read_the_way_to_the_bot_is_shown() -> None:
    text, html = wording.console_needs_direct_chat("@livechat:example.org")
    assert "https://matrix.to/#/@livechat:example.org" in text
    assert 'href="https://matrix.to/#/@livechat:example.org"' in html
    assert "direct chat" in read(html).text
