"""A conversation as the session page shows it: one line after another, each with a name of its own in the page.

Lines that stay the same are made the same again, so that a page can take over what has changed and leave the rest.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from urllib.parse import quote

from markupsafe import Markup

from livechat_plugin.core.content import Content, Location, Media, Text
from livechat_plugin.core.employees import day_in_words
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.sizes import size_in_words
from livechat_plugin.services.repositories.messages import Direction, Message
from livechat_plugin.services.session_pages import SessionSight, Timeline
from livechat_plugin.web.console.media_types import is_shown_inline
from livechat_plugin.web.rich_text import text_as_html, words_as_html

SAME_BREATH = timedelta(minutes=5)
"""Messages of one author that come sooner after each other stand together."""

LARGEST_SIDE = 360
"""Pixels of a picture in the conversation."""

State = Literal["sending", "sent", "seen", "failed"]
_KINDS = {"image": "image", "sticker": "image", "audio": "audio", "voice": "audio", "video": "video"}


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file in the conversation.

    Attributes:
        kind: how it is shown: `image`, `audio` and `video` in place, `file` as something to load, `locked` when we
            cannot read it.
        word: what it is, in words.
        width: of the picture as it is shown, so that nothing moves when it arrives.
    """

    kind: str
    word: str
    name: str
    size: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the beginning of a session or of a day, or a message.

    Attributes:
        key: its name in the page, the same whenever it is made.
        kind: what it is.
        is_first: whether the author is named: it is not the continuation of what stands above.
        words: what was written; `is_rich` with formatting.
        place: a link to a map, for a place on earth.
        state: how far an operator's message has come.
        is_gone: whether it was taken back.
        can_change: whether whoever looks at it may edit or delete it.
    """

    key: str
    kind: Literal["session", "day", "message"]
    at: datetime
    session: Session | None = None
    day: str = ""
    message: Message | None = None
    side: Direction = "system"
    author: str = ""
    author_id: str = ""
    is_first: bool = True
    words: Markup | None = None
    style: str = "text"
    is_rich: bool = False
    file: FileShown | None = None
    place: str | None = None
    state: State | None = None
    is_gone: bool = False
    can_edit: bool = False
    can_delete: bool = False

    @property
    def version(self) -> str:
        """The same for as long as the line looks the same."""
        return f"{zlib.crc32(repr(self).encode()):x}"


def lines_of(
    sight: SessionSight,
    timeline: Timeline,
    names: Mapping[str, str],
    zone: tzinfo = UTC,
    read_up_to: int | None = None,
) -> Sequence[Line]:
    """A conversation as lines.

    Args:
        sight: who looks at it.
        timeline: what was said.
        names: how its authors are called.
        zone: in which days begin and end.
        read_up_to: the last message that the customer has read, as far as it is known.
    """
    lines: list[Line] = []
    last: Message | None = None
    number: int | None = None
    day: date | None = None
    for message in timeline.messages:
        is_break = False
        session = timeline.sessions.get(message.session_number or 0)
        if session is not None and session.number != number:
            lines.append(Line(f"session-{session.number}", "session", session.opened_at, session=session))
            number, is_break = session.number, True
        local = message.at.astimezone(zone).date()
        if local != day:
            lines.append(
                Line(f"day-{local.isoformat()}-{number or 0}", "day", message.at, day=day_in_words(local))
            )
            day, is_break = local, True
        is_first = is_break or last is None or not _goes_on(last, message)
        lines.append(_message(sight, message, names, read_up_to, is_first=is_first))
        last = message
    return lines


def authors_of(sight: SessionSight, timeline: Timeline) -> frozenset[str]:
    """The employees whose names the lines need."""
    said = {message.author for message in timeline.messages if message.direction != "in"}
    served = {session.operator for session in (*timeline.sessions.values(), sight.session)}
    return frozenset(person for person in said | served if person is not None)


def _message(
    sight: SessionSight, message: Message, names: Mapping[str, str], read_up_to: int | None, *, is_first: bool
) -> Line:
    content, author = message.content, message.author or ""
    words, file, place, style = _shown(content)
    is_own = author == sight.asker and message.direction in {"out", "note"} and content is not None
    has_words = isinstance(content, Text)
    return Line(
        f"message-{message.id}",
        "message",
        message.at,
        message=message,
        side=message.direction,
        author=_name(sight, message, names),
        author_id=author,
        is_first=is_first,
        words=words,
        style=style,
        is_rich=_is_rich(content),
        file=file,
        place=place,
        state=_state(message, read_up_to),
        is_gone=content is None,
        can_edit=is_own and has_words and message.written_in is not None and message.part_of is None,
        can_delete=is_own and message.part_of is None,
    )


def _shown(content: Content | None) -> tuple[Markup | None, FileShown | None, str | None, str]:
    match content:
        case Text():
            return text_as_html(content), None, None, content.style
        case Media():
            caption = words_as_html(content.caption, content.caption_html) if content.caption else None
            return caption, _file(content), None, content.media
        case Location():
            return (
                words_as_html(content.description or content.geo_uri),
                None,
                map_link(content.geo_uri),
                "location",
            )
        case _:
            return None, None, None, "text"


def _is_rich(content: Content | None) -> bool:
    """Whether its lines are made by its formatting, not by line breaks."""
    html = (
        content.html
        if isinstance(content, Text)
        else content.caption_html
        if isinstance(content, Media)
        else None
    )
    return bool(html)


def _file(media: Media) -> FileShown:
    size = media.info.get("size")
    size_shown = size_in_words(size) if isinstance(size, int) and size > 0 else ""
    kind = _KINDS.get(media.media, "file")
    if media.encrypted is not None:
        return FileShown("locked", _WORDS[media.media], media.filename, size_shown)
    told = str(media.info.get("mimetype", ""))
    if kind != "file" and told and not is_shown_inline(told):
        kind = "file"
    width, height = _sides(media) if kind == "image" else (None, None)
    return FileShown(kind, _WORDS[media.media], media.filename, size_shown, width, height)


_WORDS = {
    "image": "Image",
    "sticker": "Sticker",
    "file": "File",
    "audio": "Audio",
    "voice": "Voice message",
    "video": "Video",
}


def _sides(media: Media) -> tuple[int | None, int | None]:
    width, height = media.info.get("w"), media.info.get("h")
    if not (
        isinstance(width, int) and isinstance(height, int) and 0 < width < 50_000 and 0 < height < 50_000
    ):
        return None, None
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _name(sight: SessionSight, message: Message, names: Mapping[str, str]) -> str:
    if message.direction == "in":
        return sight.view.account.display_name
    if message.author is None:
        return sight.view.live_chat.name
    return names.get(message.author, message.author)


def _state(message: Message, read_up_to: int | None) -> State | None:
    if message.direction != "out" or message.content is None:
        return None
    if message.failure is not None:
        return "failed"
    if message.customer_event is None:
        return "sending"
    return "seen" if read_up_to is not None and message.id <= read_up_to else "sent"


def _goes_on(last: Message, message: Message) -> bool:
    is_same = (last.direction, last.author) == (message.direction, message.author)
    return is_same and message.at - last.at < SAME_BREATH


def map_link(geo_uri: str) -> str | None:
    """Where a `geo:` address (RFC 5870) is on a map; None for what is none."""
    numbers = geo_uri.removeprefix("geo:").partition(";")[0].split(",")
    try:
        latitude, longitude = float(numbers[0]), float(numbers[1])
    except (IndexError, ValueError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    place = quote(f"{latitude:.6f}"), quote(f"{longitude:.6f}")
    return f"https://www.openstreetmap.org/?mlat={place[0]}&mlon={place[1]}#map=16/{place[0]}/{place[1]}"
