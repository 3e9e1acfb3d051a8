"""Nobody looks like somebody or something else by characters that are not seen (SEC-TEXT), nor leads elsewhere."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.content import Media
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.wording.items import found_items
from livechat_plugin.matrix.content import read_content, read_sticker
from livechat_plugin.matrix.erasing import Erasing
from livechat_plugin.matrix.events import shown_name
from livechat_plugin.matrix.files import Files

NAMING = Naming("livechat", "example.org")
TREACHEROUS = ["\u202e", "\u2066", "\n", "\r", "\x1b", "\x9b", "\u2028", "\x07", "\t"]


@pytest.mark.parametrize("letter", TREACHEROUS)
def test_a_customers_name_changes_nothing_around_it(letter: str) -> None:
    name = shown_name(f"{letter}Carla{letter}xirtaM · {letter}")
    assert name == "Carla xirtaM ·"
    assert shown_name(letter * 300) is None


@pytest.mark.parametrize("letter", TREACHEROUS)
def test_a_files_name_shows_what_it_is(letter: str) -> None:
    for content in ({"body": f"bill{letter}gpj.exe"}, {"body": "Look", "filename": f"bill{letter}gpj.exe"}):
        for read in (read_content({"msgtype": "m.file", "url": "mxc://example.org/1", **content}),):
            assert isinstance(read, Media)
            assert read.filename == "bill gpj.exe"
    sticker = read_sticker({"body": f"a{letter}b", "url": "mxc://example.org/1"})
    assert sticker.filename == "a b"


# --- addresses of files ---

ELSEWHERE = [
    *("mxc://example.org/..", "mxc://example.org/.", "mxc://example.org/../../v3/account", "mxc://../1"),
    *(
        "mxc://example.org/%2e%2e",
        "mxc://example.org/a%2fb",
        "mxc://example.org/a?b=c",
        "mxc://example.org/a#b",
    ),
    *(
        "mxc://example.org/a\n",
        "mxc://example.org/",
        "example.org/a",
        "https://example.org/a",
        "mxc://example.org\\a",
    ),
]


class Asked:
    """A client to which nothing may come."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.answer: dict[str, Any] = {"media_info": {"user_id": "@carla:example.org"}}

    @asynccontextmanager
    async def file(self, _: str, path: str, **__: Any) -> Any:
        self.paths.append(path)
        yield

    async def call(self, _: str, path: str, **__: Any) -> dict[str, Any]:
        self.paths.append(path)
        return self.answer


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_an_address_of_a_file_leads_to_files_only(address: str) -> None:
    """Whoever writes a message chooses the address; the homeserver is asked with rights of ours, or an administrator's."""
    client: Any = Asked()
    files, erasing = Files(client, NAMING), Erasing(client, NAMING, "secret")
    with pytest.raises(HomeserverRefused):
        async with files.open_file(address, "@livechat:example.org"):
            pass
    with pytest.raises(HomeserverRefused):
        await files.load_file(address, "@livechat:example.org")
    assert await files.copy_file(address, "@livechat:example.org", "x") == address
    assert await files.file_details(address, "@livechat:example.org") is None
    assert await erasing.uploader(address) is None
    assert await erasing.delete_file(address) is False
    assert client.paths == []


async def test_an_event_that_is_nested_very_deeply_is_found_all_the_same() -> None:
    """Nobody keeps what they wrote from being erased by wrapping it up."""
    content: Any = {"url": "mxc://example.org/1", "words": ["first", "second"]}
    for _ in range(1_000):
        content = [content]
    client: Any = Asked()
    event = {
        "event_id": "$1",
        "sender": "@carla:example.org",
        "type": "m.room.message",
        "content": {"a": content},
    }
    client.answer = {"chunk": [event]}
    page = await Erasing(client, NAMING, None).traces("!room", "@livechat:example.org", None)
    [trace] = page.traces
    assert (trace.text, trace.files) == ("first\nsecond", ("mxc://example.org/1",))


def test_an_items_title_adds_no_lines_and_fills_no_message() -> None:
    """A CRM or a hook tells it, and may have it from the customer."""
    app = App("contacts", "Contacts", ())
    title = "Carla\n#666 The real Carla\u202e" + "x" * 1_000_000
    text, html = found_items(app, "carla", [Item("contacts", "7", title)] * 10, 10)
    assert len(text.splitlines()) == 12
    assert html.count("<li>") == 10
    assert "\u202e" not in text + html
    assert len(html) < 20_000
