"""Content in one line, and content cut so that it fits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.content import MEDIA_WORDS, Content, Location, Media, MediaKind, Text, fit, preview

LETTERS = st.text(st.characters(codec="utf-8"), max_size=300)
LIMITS = st.integers(min_value=12, max_value=200)
URL = "mxc://example.org/1"


def weight(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (Text("Hello"), "Hello"),
        (Text("  two\n\n  lines\t "), "two lines"),
        (Text(""), ""),
        (Media("image", URL, "cat.png"), "🖼 Image: cat.png"),
        (Media("image", URL, "cat.png", "My cat"), "🖼 Image: My cat"),
        (Media("voice", URL, "voice.ogg"), "🎤 Voice message: voice.ogg"),
        (Media("sticker", URL, "a cat", "ignored"), "Sticker: a cat"),
        (Location("geo:1,2", "Here"), "📍 Here"),
        (Location("geo:1,2", ""), "📍 geo:1,2"),
    ],
)
def test_the_preview_tells_what_was_said(content: Content, line: str) -> None:
    assert preview(content) == line


def test_every_kind_of_media_has_a_word() -> None:
    assert all(word in preview(Media(kind, URL, "x")) for kind, word in MEDIA_WORDS.items())


@given(LETTERS, st.integers(min_value=1, max_value=50))
def test_the_preview_is_one_line_of_at_most_so_many_letters(body: str, length: int) -> None:
    line = preview(Text(body), length)
    assert len(line) <= length
    assert len(line.splitlines()) <= 1 or line.split() == [line]
    if len(" ".join(body.split())) > length:
        assert line.endswith("…")


@given(LETTERS, LIMITS)
def test_text_that_is_cut_loses_nothing_and_every_part_fits(body: str, limit: int) -> None:
    parts = fit(Text(body, style="emote"), limit)
    assert "".join(part.body for part in parts if isinstance(part, Text)) == body
    for part in parts:
        assert isinstance(part, Text)
        assert weight(part.body) <= limit
        assert (part.style, part.html) == ("emote", None)


@given(LETTERS, LETTERS, LIMITS)
def test_formatting_goes_before_words_do(body: str, html: str, limit: int) -> None:
    parts = fit(Text(body, html), limit)
    if weight(body) + weight(html) <= limit:
        assert parts == [Text(body, html)]
    else:
        assert all(isinstance(part, Text) and part.html is None for part in parts)
        assert "".join(part.body for part in parts if isinstance(part, Text)) == body


@given(LETTERS, LETTERS, LIMITS)
def test_a_caption_that_is_cut_follows_in_messages_of_its_own(caption: str, html: str, limit: int) -> None:
    media = Media("image", URL, "cat.png", caption, html)
    first, *rest = fit(media, limit)
    assert isinstance(first, Media)
    assert first.url == URL
    if rest:
        assert first.caption is first.caption_html is None
        assert "".join(part.body for part in rest if isinstance(part, Text)) == caption
        assert all(isinstance(part, Text) and weight(part.body) <= limit for part in rest)
    else:
        assert first == media or not caption


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 40_000 + ".pdf", "x" * 195 + "….pdf"),
        ("x" * 201, "x" * 199 + "…"),
        ("x." + "y" * 300, "x." + "y" * 197 + "…"),
        ("." + "y" * 300, "." + "y" * 198 + "…"),
        ("🚀" * 40_000 + ".tar.gz", "🚀" * 196 + "….gz"),
    ],
)
def test_the_name_of_a_file_is_cut_and_tells_still_what_it_is(name: str, cut: str) -> None:
    assert fit(Media("file", URL, name, "caption"), 60_000) == [Media("file", URL, cut, "caption")]


KEYS = {"url": URL, "v": "v2", "key": {"k": "x"}, "iv": "x", "hashes": {"sha256": "x"}}


@pytest.mark.parametrize("media", ["image", "voice"])
def test_what_is_told_about_a_file_goes_when_nothing_else_would_fit(media: MediaKind) -> None:
    voice = {"waveform": [0] * 30_000} if media == "voice" else None
    told = Media(media, None, "x", "caption", None, {"mimetype": "x" * 40_000}, voice, KEYS)
    less = Media(media, None, "x", "caption", None, {}, None if voice is None else {}, KEYS)
    assert fit(told, 60_000) == [less]


def test_a_caption_leaves_room_for_the_file() -> None:
    media = Media("image", URL, "cat.png", "x" * 40_000, None, {"mimetype": "x" * 12_000})
    first, second = fit(media, 60_000)
    assert first == Media("image", URL, "cat.png", info={"mimetype": "x" * 12_000})
    assert second == Text("x" * 40_000)


@given(LETTERS, LIMITS)
def test_a_place_keeps_its_address(description: str, limit: int) -> None:
    [part] = fit(Location("geo:1,2", description), limit)
    assert isinstance(part, Location)
    assert part.geo_uri == "geo:1,2"
    assert description.startswith(part.description)
    assert weight(part.description) <= limit


def test_cuts_are_made_between_words() -> None:
    parts = fit(Text("some words and some more words\nthat go on"), 17)
    words = [part.body.split() for part in parts if isinstance(part, Text)]
    assert len(words) == 3
    assert sum(words, []) == ["some", "words", "and", "some", "more", "words", "that", "go", "on"]  # noqa: RUF017 - they are few


def test_a_word_that_is_longer_than_a_message_is_cut_all_the_same() -> None:
    parts = fit(Text("a " + "b" * 50), 20)
    assert [len(part.body) for part in parts if isinstance(part, Text)] == [20, 20, 12]


def test_a_long_text_is_cut_quickly() -> None:
    body = "🚀 fast\n" * 100_000
    parts = fit(Text(body), 60_000)
    assert "".join(part.body for part in parts if isinstance(part, Text)) == body
    assert len(parts) <= len(json.dumps(body, ensure_ascii=False).encode()) / 60_000 + 2
