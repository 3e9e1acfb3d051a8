"""Message content: what is read, what is written, and that nothing unknown rides along."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin import Content, Location, Media, Text
from livechat_plugin.core.disguises import undisguised
from livechat_plugin.matrix.content import read_content, read_poll, read_sticker, write_content

MXC = "mxc://example.org/1"
KEYS = {"url": MXC, "v": "v2", "key": {"kty": "oct"}, "iv": "i", "hashes": {"sha256": "h"}}
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
NAMES = st.text(LETTERS, min_size=1).filter(lambda name: undisguised(name) == name)
SIZES = st.fixed_dictionaries(
    {},
    optional={"w": st.integers(0), "h": st.integers(0), "size": st.integers(0), "mimetype": st.text(LETTERS)},
)


@st.composite
def media(draw: st.DrawFn) -> Media:
    kind: Any = draw(st.sampled_from(["image", "file", "audio", "voice", "video"]))
    filename = draw(NAMES)
    caption = draw(st.none() | NAMES.filter(lambda words: words != filename))
    encrypted = draw(st.none() | st.just(KEYS))
    voice = {"duration": draw(st.integers(0)), "waveform": [1, 2]} if kind == "voice" else None
    info = draw(SIZES)
    if draw(st.booleans()):
        info |= {"thumbnail_url": MXC, "thumbnail_info": draw(SIZES)}
    return Media(kind, None if encrypted else MXC, filename, caption, None, info, voice, encrypted)


STYLES: Any = st.sampled_from(["text", "emote", "notice"])
CONTENT = st.one_of(
    st.builds(Text, st.text(LETTERS), st.sampled_from([None, "<b>x</b>", "a<br>b"]), STYLES),
    st.builds(Location, st.text(LETTERS), NAMES),
    media(),
)


@given(CONTENT)
def test_what_is_written_is_read_as_it_was(content: Content) -> None:
    kind, raw = write_content(content)
    assert kind == "m.room.message"
    assert read_content(raw) == content


@given(CONTENT)
def test_what_was_read_is_written_the_same_again(content: Content) -> None:
    written = write_content(content)
    read = read_content(written[1])
    assert read is not None
    assert write_content(read) == written


def test_stickers_have_an_event_type_of_their_own() -> None:
    sticker = Media("sticker", MXC, "a cat", info={"w": 1})
    kind, raw = write_content(sticker)
    assert kind == "m.sticker"
    assert read_sticker(raw) == sticker


def test_a_caption_is_known_by_a_filename_of_its_own() -> None:
    image = {"msgtype": "m.image", "body": "cat.png", "url": MXC}
    assert read_content(image) == Media("image", MXC, "cat.png")
    assert read_content(image | {"filename": "cat.png"}) == Media("image", MXC, "cat.png")
    assert read_content(image | {"filename": ""}) == Media("image", MXC, "cat.png")
    formatted = {"format": "org.matrix.custom.html", "formatted_body": "<b>My cat</b>"}
    assert read_content(image | formatted | {"body": "My cat", "filename": "cat.png"}) == Media(
        "image", MXC, "cat.png", "My cat", "<b>My cat</b>"
    )


def test_nothing_unknown_rides_along() -> None:
    raw = {
        "msgtype": "m.image",
        "body": "cat.png",
        "url": MXC,
        "m.mentions": {"user_ids": ["@anna:example.org"]},
        "org.example.tracking": "x",
        "info": {"w": 1, "h": "tall", "size": True, "secret": "x", "thumbnail_url": "http://x"},
        "org.matrix.msc3245.voice": {},
        "io.element.performance_metrics": {},
    }
    content = read_content(raw)
    assert content == Media("image", MXC, "cat.png", info={"w": 1})
    assert set(write_content(content)[1]) == {"msgtype", "body", "filename", "url", "info"}


def test_an_encrypted_file_keeps_its_keys_and_nothing_else() -> None:
    raw = {"msgtype": "m.file", "body": "x", "url": "mxc://other", "file": KEYS | {"by": "@anna:example.org"}}
    raw["info"] = {"thumbnail_file": KEYS | {"by": "@anna:example.org"}}
    content = read_content(raw)
    assert isinstance(content, Media)
    assert (content.url, content.encrypted) == (None, KEYS)
    assert content.info["thumbnail_file"] == KEYS


@pytest.mark.parametrize("file", [7, {}, {"url": "http://x"}, [MXC]])
def test_a_file_that_is_none_leaves_the_address(file: Any) -> None:
    content = read_content({"msgtype": "m.file", "body": "x", "url": MXC, "file": file})
    assert content == Media("file", MXC, "x")


def test_formatting_is_sanitized_and_other_formats_are_passed_over() -> None:
    text = {"msgtype": "m.text", "body": "x", "formatted_body": "<script>x</script><b>y</b>"}
    assert read_content(text) == Text("x")
    assert read_content(text | {"format": "text/plain"}) == Text("x")
    assert read_content(text | {"format": "org.matrix.custom.html"}) == Text("x", "<b>y</b>")
    assert read_content(text | {"format": "org.matrix.custom.html", "formatted_body": 7}) == Text("x")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("> <@anna:example.org> When?\n\nTomorrow", "Tomorrow"),
        (
            "> <@anna:example.org> When?\n> Or where?\n>\n> Or why?\n\nTomorrow\n> indeed",
            "Tomorrow\n> indeed",
        ),
        ("> * <@anna:example.org> waves\n\nHello", "Hello"),
        ("Tomorrow", "Tomorrow"),
        ("> to be or not to be\n\nsays Hamlet", "> to be or not to be\n\nsays Hamlet"),
        ("> <b>bold</b> claim\n\nno", "> <b>bold</b> claim\n\nno"),
    ],
)
def test_the_quoted_fallback_of_a_reply_is_cut_off_and_no_quote_of_the_writers_own(
    body: str, said: str
) -> None:
    assert read_content({"msgtype": "m.text", "body": body}, is_reply=True) == Text(said)
    assert read_content({"msgtype": "m.text", "body": body}) == Text(body)


@pytest.mark.parametrize("caption", [{"filename": "cat.png"}, {}])
def test_the_quoted_fallback_is_cut_off_a_caption_too(caption: dict[str, str]) -> None:
    quoted = "> <@anna:example.org> Which cat?\n\nThis one"
    raw = {"msgtype": "m.image", "body": quoted, "url": MXC, **caption}
    content = read_content(raw, is_reply=True)
    assert isinstance(content, Media)
    assert "This one" in {content.caption, content.filename}
    assert "anna" not in repr(content)


NUL, HALF, WHOLE = "a\0b", "a\ud83db", "a\ud83d\ude00b"


@pytest.mark.parametrize(("odd", "kept"), [(NUL, "ab"), (HALF, "a\ufffdb"), (WHOLE, "a\ufffd\ufffdb")])
def test_characters_that_nobody_can_keep_or_send_go_from_every_text(odd: str, kept: str) -> None:
    html = {"format": "org.matrix.custom.html", "formatted_body": f"<b>{odd}</b>"}
    assert read_content({"msgtype": "m.text", "body": odd, **html}) == Text(kept, f"<b>{kept}</b>")
    assert read_content({"msgtype": "m.location", "body": odd, "geo_uri": odd}) == Location(kept, kept)
    file = KEYS | {"key": {odd: [odd]}, "hashes": {"sha256": odd}}
    raw = {
        "msgtype": "m.file",
        "body": odd,
        "filename": f"{odd}.pdf",
        "file": file,
        "info": {"mimetype": odd},
    }
    assert read_content(raw) == Media(
        "file",
        None,
        f"{kept}.pdf",
        caption=kept,
        info={"mimetype": kept},
        encrypted=KEYS | {"key": {kept: [kept]}, "hashes": {"sha256": kept}},
    )
    assert read_sticker({"body": odd, "url": MXC}) == Media("sticker", MXC, kept)
    assert read_poll({"m.poll": {"question": {"body": odd}}}) == Text(f"📊 {kept}")


def test_formatting_that_costs_too_much_goes_and_the_words_stay() -> None:
    html = "".join(f"<p><b a{number}>x" for number in range(2_000))
    text = {"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html", "formatted_body": html}
    assert read_content(text) == Text("x")


def test_a_voice_message_keeps_how_it_looks() -> None:
    raw = {
        "msgtype": "m.audio",
        "body": "voice.ogg",
        "url": MXC,
        "org.matrix.msc3245.voice": {},
        "org.matrix.msc1767.audio": {"duration": 5, "waveform": [1], "x": 1},
    }
    assert read_content(raw) == Media("voice", MXC, "voice.ogg", voice={"duration": 5, "waveform": [1]})
    assert read_content(raw | {"org.matrix.msc1767.audio": None}) == Media(
        "voice", MXC, "voice.ogg", voice={}
    )
