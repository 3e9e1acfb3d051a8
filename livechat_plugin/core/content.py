"""What people say, apart from any network: text, media and locations, and how to tell them in one line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

TextStyle = Literal["text", "emote", "notice"]
MediaKind = Literal["image", "file", "audio", "voice", "video", "sticker"]

MEDIA_WORDS: Mapping[MediaKind, str] = {
    "image": "🖼 Image",
    "file": "📎 File",
    "audio": "🎵 Audio",
    "voice": "🎤 Voice message",
    "video": "🎬 Video",
    "sticker": "Sticker",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is mentioned, with the words that stand for them in the text, where those are known."""

    user_id: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Written words; `html` is the same with formatting, sanitized by whoever shows it."""

    body: str
    html: str | None = None
    style: TextStyle = "text"
    mentions: tuple[Mention, ...] = ()
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Media:
    """A file of any sort. The bytes stay where they are: `url` is the homeserver's `mxc://` address.

    `encrypted` holds the keys of an encrypted attachment (the `file` object of the Matrix specification,
    "Sending encrypted attachments") and then stands in for `url`. `info` holds sizes, type and thumbnail,
    already reduced to the known keys.
    """

    media: MediaKind
    url: str | None
    filename: str
    caption: str | None = None
    caption_html: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    voice: Mapping[str, Any] | None = None
    encrypted: Mapping[str, Any] | None = None
    mentions: tuple[Mention, ...] = ()
    kind: Literal["media"] = "media"


@dataclass(frozen=True, slots=True)
class Location:
    """A place on earth, as an RFC 5870 `geo:` address with a description."""

    geo_uri: str
    description: str
    kind: Literal["location"] = "location"


Content = Text | Media | Location


def preview(content: Content, length: int = 120) -> str:
    """One line that tells what was said, cut to `length` characters; for cards and notifications."""
    match content:
        case Text():
            line = content.body
        case Media(media="sticker"):
            line = f"{MEDIA_WORDS['sticker']}: {content.filename}"
        case Media():
            line = f"{MEDIA_WORDS[content.media]}: {content.caption or content.filename}"
        case Location():
            line = f"📍 {content.description or content.geo_uri}"
    line = " ".join(line.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


FILENAME_LENGTH = 200
"""Letters of a file's name; most systems keep files of no longer names."""

_EXTENSION_LENGTH = 20


def fit(content: Content, limit: int) -> list[Content]:
    """Make content fit into `limit` bytes of UTF-8 apiece, losing no words.

    The homeserver limits an event to 65,536 bytes (Client-Server API, "Size limits"), and the copy of an
    almost full event may be a little larger than the original. Formatting goes first; text that is still too
    long is cut into several messages. Names of files are cut, and what is told about a file goes if it is so long
    that nothing else would fit; its keys stay in any case.
    """
    match content:
        case Text():
            if _weight(content.body) + _weight(content.html or "") <= limit:
                return [content]
            return [replace(content, body=part, html=None) for part in _split(content.body, limit)]
        case Media():
            return _fit_media(content, limit)
        case Location():
            return [replace(content, description=_split(content.description, limit)[0])]


def _fit_media(media: Media, limit: int) -> list[Content]:
    media = replace(media, filename=_short_name(media.filename))
    if _file_weight(media) > limit:
        media = replace(media, info={}, voice=None if media.voice is None else {})
    caption, html = media.caption or "", media.caption_html or ""
    if _file_weight(media) + _weight(caption) + _weight(html) <= limit:
        return [media]
    words = _split(caption, limit) if caption else []
    return [replace(media, caption=None, caption_html=None), *(Text(part) for part in words)]


def _short_name(name: str) -> str:
    """A file's name cut in the middle, so that its extension still tells what it is."""
    if len(name) <= FILENAME_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _EXTENSION_LENGTH:
        stem, dot, extension = name, "", ""
    end = "…" + dot + extension
    return stem[: FILENAME_LENGTH - len(end)] + end


def _file_weight(media: Media) -> int:
    """Bytes of all but the caption. An edit tells it twice: once for clients that do not know edits."""
    details = json.dumps([media.info, media.voice, media.encrypted], ensure_ascii=False, default=dict)
    return 2 * (2 * _weight(media.filename) + _weight(media.url or "") + len(details.encode()))


def _weight(text: str) -> int:
    """Bytes that the text takes inside a JSON string, as the homeserver counts them."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _split(text: str, limit: int) -> list[str]:
    """Cut text into parts of at most `limit` bytes, between words where the part is not cut too short by it."""
    parts: list[str] = []
    while _weight(text) > limit:
        end = len(text)
        while _weight(text[:end]) > limit:
            end = min(end - 1, int(end * limit / _weight(text[:end])))
        space = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
        if space > end // 2:
            end = space + 1
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]
