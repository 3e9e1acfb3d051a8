"""Message content between Matrix's JSON and ours.

Both ways go key by key: what is not known is not carried over, so nothing rides along that would tell one side
about the other (S5), and no hostile structure reaches a client.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from livechat_plugin.core.content import Content, Location, Media, MediaKind, Text, TextStyle
from livechat_plugin.core.disguises import undisguised
from livechat_plugin.matrix.malformed import MalformedContent
from livechat_plugin.matrix.mentions import read_mentions
from livechat_plugin.matrix.sanitizing import sanitize
from livechat_plugin.matrix.storable import storable_json

JSON = Mapping[str, Any]

_STYLES: dict[str, TextStyle] = {"m.text": "text", "m.emote": "emote", "m.notice": "notice"}
_MEDIA: dict[str, MediaKind] = {"m.image": "image", "m.file": "file", "m.audio": "audio", "m.video": "video"}
_MSGTYPES = {"image": "m.image", "file": "m.file", "audio": "m.audio", "voice": "m.audio", "video": "m.video"}
_VOICE, _AUDIO = "org.matrix.msc3245.voice", "org.matrix.msc1767.audio"
_ENCRYPTED_FILE = {"url": str, "v": str, "key": dict, "iv": str, "hashes": dict}
_BLURHASH = "xyz.amorgan.blurhash"
_REPLY_FALLBACK = re.compile(r"^> (?:\* )?<@[^>\n]+>.*\n(?:>.*\n)*\n?")


def read_content(content: JSON, *, is_reply: bool = False) -> Content | None:
    """The content of an `m.room.message`; None for machine messages that no person should see.

    Args:
        content: the event's content.
        is_reply: whether it names a message that it answers, whose quoted fallback is then cut off: it tells the
            other side who wrote that message (S5).

    Raises:
        MalformedContent: a required key is missing or of a wrong type.
    """
    content = storable_json(content)
    msgtype = _string(content, "msgtype")
    if msgtype.startswith("m.key.verification."):
        return None
    body = _string(content, "body")
    if is_reply:
        body = _REPLY_FALLBACK.sub("", body)
    if msgtype in _MEDIA:
        return _media({**content, "body": body}, _MEDIA[msgtype])
    if msgtype == "m.location":
        return Location(_string(content, "geo_uri"), body)
    style = _STYLES.get(msgtype, "text")
    return Text(body, _formatted(content), style, read_mentions(content, _html(content)))


def read_sticker(content: JSON) -> Media:
    """The content of an `m.sticker`.

    Raises:
        MalformedContent: it has neither an `mxc://` address nor an encrypted file.
    """
    return _media(storable_json(content), "sticker")


def read_poll(content: JSON) -> Text:
    """A poll as readable text: no other side of ours can vote.

    Raises:
        MalformedContent: there is no question in it.
    """
    content = storable_json(content)
    poll = content.get("m.poll") or content.get("org.matrix.msc3381.poll.start")
    if not isinstance(poll, Mapping):
        raise MalformedContent("the poll is missing")
    answers = poll.get("answers")
    lines = [f"📊 {_plain(poll.get('question'))}"]
    for number, answer in enumerate(answers if isinstance(answers, list) else [], 1):
        lines.append(f"{number}. {_plain(answer)}")
    return Text("\n".join(lines))


def _media(content: JSON, media: MediaKind) -> Media:
    body = _string(content, "body")
    url, encrypted = content.get("url"), content.get("file")
    if isinstance(encrypted, Mapping) and _is_mxc(encrypted.get("url")):
        url = None
    elif _is_mxc(url):
        encrypted = None
    else:
        raise MalformedContent("content.url is not an mxc:// address")
    filename = content.get("filename")
    name = undisguised(filename if isinstance(filename, str) and filename else body)
    has_caption = isinstance(filename, str) and bool(filename) and filename != body
    voice = None
    if media == "audio" and _VOICE in content:
        media = "voice"
        voice = _only(content.get(_AUDIO), {"duration": int, "waveform": list})
    return Media(
        media=media,
        url=cast("str | None", url),
        filename=name,
        caption=body if has_caption else None,
        caption_html=_formatted(content) if has_caption else None,
        info=_media_info(content.get("info")),
        voice=voice,
        encrypted=_only(encrypted, _ENCRYPTED_FILE) if encrypted else None,
        mentions=read_mentions(content, _html(content)) if has_caption else (),
    )


def write_content(content: Content) -> tuple[str, dict[str, Any]]:
    """The event type and content that show this in a room."""
    match content:
        case Text():
            msgtype = {"text": "m.text", "emote": "m.emote", "notice": "m.notice"}[content.style]
            return "m.room.message", {"msgtype": msgtype, "body": content.body, **_format(content.html)}
        case Location():
            body = content.description or content.geo_uri
            return "m.room.message", {"msgtype": "m.location", "body": body, "geo_uri": content.geo_uri}
        case Media():
            return _write_media(content)


def _write_media(media: Media) -> tuple[str, dict[str, Any]]:
    where: dict[str, Any] = {"file": media.encrypted} if media.encrypted else {"url": media.url}
    if media.media == "sticker":
        return "m.sticker", {"body": media.filename, "info": dict(media.info), **where}
    event: dict[str, Any] = {
        "msgtype": _MSGTYPES[media.media],
        "body": media.caption or media.filename,
        "filename": media.filename,
        "info": dict(media.info),
        **where,
        **_format(media.caption_html),
    }
    if media.voice is not None:
        event[_VOICE] = {}
        event[_AUDIO] = dict(media.voice)
    return "m.room.message", event


def _format(html: str | None) -> dict[str, str]:
    return {"format": "org.matrix.custom.html", "formatted_body": html} if html else {}


def _html(content: JSON) -> str | None:
    html = content.get("formatted_body")
    is_html = content.get("format") == "org.matrix.custom.html" and isinstance(html, str)
    return cast("str", html) if is_html else None


def _formatted(content: JSON) -> str | None:
    html = _html(content)
    return sanitize(html) if html is not None else None


def _media_info(info: Any) -> dict[str, Any]:
    known = _only(info, {"mimetype": str, "size": int, "w": int, "h": int, "duration": int, _BLURHASH: str})
    if isinstance(info, Mapping):
        thumbnail = _only(info.get("thumbnail_info"), {"mimetype": str, "size": int, "w": int, "h": int})
        if _is_mxc(info.get("thumbnail_url")):
            known |= {"thumbnail_url": info["thumbnail_url"], "thumbnail_info": thumbnail}
        elif isinstance(info.get("thumbnail_file"), Mapping):
            file = _only(info["thumbnail_file"], _ENCRYPTED_FILE)
            known |= {"thumbnail_file": file, "thumbnail_info": thumbnail}
    return known


def _only(source: Any, types: Mapping[str, type]) -> dict[str, Any]:
    """The known keys whose values have the right type."""
    if not isinstance(source, Mapping):
        return {}
    return {
        key: source[key]
        for key, wanted in types.items()
        if isinstance(source.get(key), wanted) and not isinstance(source.get(key), bool)
    }


def _plain(extensible: Any) -> str:
    """The readable text of an extensible event's part (MSC1767), stable or not."""
    if not isinstance(extensible, Mapping):
        return ""
    text = extensible.get("m.text", extensible.get("org.matrix.msc1767.text", extensible.get("body", "")))
    if isinstance(text, list) and text and isinstance(text[0], Mapping):
        text = text[0].get("body", "")
    return text if isinstance(text, str) else ""


def _is_mxc(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("mxc://")


def _string(content: JSON, key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str):
        raise MalformedContent(f"content.{key} is missing or not a string")
    return value
