"""The two forms of an export, written piece by piece: JSON for programs, one HTML file for people.

The HTML holds no scripts and nothing that people wrote but as text, so opening it does nothing.
"""

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, replace
from html import escape as escaped
from typing import Any

from livechat_plugin.core.content import Content, Location, Media, Text
from livechat_plugin.core.moments import show_moment
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.exporting import Exported, ExportedConversation, Exporting
from livechat_plugin.services.repositories.messages import Message

_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
_CONTROLS[ord("\r")] = ""
"""What a terminal would obey, and a page shows nothing of: both read the same export."""
_CONTROLS_LEFT_BY_JSON = re.compile("[\x7f-\x9f]")

SCHEMA = "livechat-export/1"
"""Changes when a field gets another meaning or goes; fields may be added at any time."""

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
article{margin:.75rem 0;padding:.5rem .75rem;border-left:4px solid #999;white-space:pre-wrap;overflow-wrap:anywhere}
.in{border-color:#2a6}.out{border-color:#26a}.note{border-color:#b80}.system{color:#555}small{color:#555}"""


def file_name(message: Message) -> str | None:
    """Where the file of a message stands within an archive; None for a message without one."""
    if not isinstance(message.content, Media):
        return None
    kept = "".join(
        letter if letter.isalnum() or letter in "._-" else "_" for letter in message.content.filename
    )
    return f"files/{message.id}-{kept.lstrip('.')[-100:] or 'file'}"


async def as_json(
    exporting: Exporting, exported: Exported, *, with_files: bool = False
) -> AsyncIterator[str]:
    """The export as JSON; see docs/administrators.md for what is in it."""
    head = {"schema": SCHEMA, "exported_at": exported.at, "internal": exported.is_internal}
    yield _dumped(head)[:-1] + ', "conversations": ['
    for place, one in enumerate(exported.conversations):
        account = {
            "network": one.account.network,
            "id": one.account.external_id,
            "name": one.account.display_name,
        }
        about = {
            "live_chat": {"slug": one.live_chat.slug, "name": one.live_chat.name},
            "customer": account,
            "sessions": [_session(exported, one, session) for session in one.sessions],
        }
        yield (",\n" if place else "\n") + _dumped(about)[:-1] + ', "messages": ['
        separator = "\n"
        async for message in exporting.said(exported, one):
            yield separator + _dumped(_message(exported, one, message, with_files=with_files))
            separator = ",\n"
        yield "]}"
    yield "]}\n"


async def as_html(
    exporting: Exporting, exported: Exported, *, with_files: bool = False
) -> AsyncIterator[str]:
    """The export as one HTML file."""
    names = " · ".join(dict.fromkeys(one.account.display_name for one in exported.conversations))
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{_escape(names)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{_escape(names)}</h1><p>Exported {_escape(exported.at)}</p>\n"
    )
    for one in exported.conversations:
        yield (
            f"<h2>{_escape(one.live_chat.name)}</h2><p>{_escape(one.account.display_name)}, "
            f"{_escape(one.account.external_id)} ({_escape(one.account.network)})</p>\n"
        )
        sessions, number = {session.number: session for session in one.sessions}, None
        async for message in exporting.said(exported, one):
            if message.session_number is not None and message.session_number != number:
                number = message.session_number
                yield _html_session(exported, one, sessions.get(number))
            yield _html_message(exported, one, message, with_files=with_files)
    yield "</body></html>\n"


WRITERS: Mapping[str, Any] = {"json": as_json, "html": as_html}


def _author(exported: Exported, one: ExportedConversation, message: Message) -> str:
    """Who wrote it: customers are not told who of the employees did, unless the export is internal."""
    if message.direction == "in":
        return one.account.display_name
    if exported.is_internal and message.author is not None:
        return message.author
    return one.live_chat.name


def _session(exported: Exported, one: ExportedConversation, session: Session) -> Mapping[str, Any]:
    about = {
        "number": session.number,
        "name": _name(exported, one, session),
        "state": session.state.value,
        "opened_at": session.opened_at.isoformat(),
        "closed_at": session.closed_at.isoformat() if session.closed_at else None,
    }
    return {**about, "operator": session.operator} if exported.is_internal else about


def _message(
    exported: Exported, one: ExportedConversation, message: Message, *, with_files: bool
) -> Mapping[str, Any]:
    return {
        "id": message.id,
        "session": message.session_number,
        "direction": message.direction,
        "author": _author(exported, one, message),
        "at": message.at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "deleted": message.content is None,
        "part_of": message.part_of,
        "failed": message.failure is not None,
        "content": _content(
            message.content,
            file_name(message) if with_files else None,
            # What operators uploaded keeps its name, and what their camera wrote into it.
            is_found=exported.is_internal or message.direction == "in",
        ),
    }


def _content(content: Content | None, file: str | None, *, is_found: bool) -> Mapping[str, Any] | None:
    match content:
        case None:
            return None
        case Text():
            return {"kind": "text", "text": content.body}
        case Media():
            about = {"kind": content.media, "name": content.filename, "caption": content.caption}
            return {**about, "url": content.url if is_found else None, "file": file}
        case Location():
            return {**asdict(content)}


def _name(exported: Exported, one: ExportedConversation, session: Session) -> str:
    """How colleagues call it among themselves is not for the customer."""
    called = session if exported.is_internal else replace(session, name=None)
    return session_name(called, one.live_chat, one.account)


def _html_session(exported: Exported, one: ExportedConversation, session: Session | None) -> str:
    if session is None:
        return ""
    name = _name(exported, one, session)
    return f"<h3>#{session.number} {_escape(name)}</h3><small>{show_moment(session.opened_at)}</small>\n"


def _html_message(
    exported: Exported, one: ExportedConversation, message: Message, *, with_files: bool
) -> str:
    marks: Iterable[str] = (
        ["edited"] * (message.edited_at is not None)
        + ["note"] * (message.direction == "note")
        + ["not delivered"] * (message.failure is not None)
    )
    head = " · ".join([_author(exported, one, message), show_moment(message.at), *marks])
    said = _html_content(message, file_name(message) if with_files else None)
    return f'<article class="{message.direction}"><small>{_escape(head)}</small>\n{said}</article>\n'


def _html_content(message: Message, file: str | None) -> str:
    match message.content:
        case None:
            return "<em>deleted</em>"
        case Text(body=body):
            return _escape(body)
        case Media(filename=name, caption=caption):
            shown = f'<a href="{_escape(file)}">{_escape(name)}</a>' if file else _escape(name)
            return f"📎 {shown}\n{_escape(caption or '')}"
        case Location(description=description, geo_uri=geo):
            return f"📍 {_escape(description)} {_escape(geo)}"


def _escape(text: str) -> str:
    """As text in HTML, harmless in a terminal too."""
    return escaped(text.translate(_CONTROLS))


def _dumped(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _CONTROLS_LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
