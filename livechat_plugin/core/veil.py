"""What customers are not to see of an operator whose name is hidden, taken out of what the operator sends (S5).

Hidden is what tells who speaks without being said: Matrix ids and mentions, in whatever they stand, and an operator's
name in the name of a file, which phones put there. What operators write of themselves in plain words ("this is
Anna") is theirs to say.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

from livechat_plugin.core.acts import Act, Edit, React, Say
from livechat_plugin.core.content import Content, Location, Media, Mention, Text
from livechat_plugin.core.veiled_names import veil_file_name

_ID = re.compile(
    r"(?:@|%40|\bu/)((?:[a-z0-9._=+/-]|%[0-9a-f]{2}){1,255})(?::|%3a)([a-z0-9.-]+(?::[0-9]{1,5})?)",
    re.IGNORECASE,
)
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_MIMETYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+", re.IGNORECASE)
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")
_KEY = {"kty", "key_ops", "alg", "k", "ext"}
_HASHES = {"sha256"}


@dataclass(frozen=True, slots=True)
class Veiled:
    """An employee in what is shown to a customer.

    Attributes:
        user_id: their Matrix id, which no customer is told.
        alias: what stands in its place: the live chat's name, or the employee's own where that is shown.
        names: what they are called, where that is hidden: display name and the first part of the id.
        avatar_url: their picture, where that is hidden.
    """

    user_id: str
    alias: str
    names: tuple[str, ...] = ()
    avatar_url: str | None = None


def user_ids_in(act: Act) -> frozenset[str]:
    """Every Matrix id that an act holds, however it is written, and everybody whom it mentions."""
    match act:
        case Say() | Edit():
            texts, mentions = _texts(act.content), _mentions(act.content)
        case React():
            texts, mentions = [act.key], ()
        case _:
            return frozenset()
    found = {mention.user_id for mention in mentions}
    for text in texts:
        for local, server in _ID.findall(text):
            found |= {f"@{unquote(local)}:{name}".lower() for name in _servers(server)}
    return frozenset(found)


def veil(act: Act, people: Sequence[Veiled]) -> Act:
    """The act as a customer is to see it: these people's ids, and where they are hidden their names, replaced."""
    match act:
        case Say() | Edit():
            return replace(act, content=veil_content(act.content, people))
        case React():
            return replace(act, key=_without_ids(act.key, people))
        case _:
            return act


def veil_content(content: Content, people: Sequence[Veiled]) -> Content:
    """What is said, as a customer is to see it; see `veil`."""
    match content:
        case Text():
            body, html = _words(content.body, content.html, content.mentions, people)
            return replace(content, body=body, html=html, mentions=())
        case Location():
            return replace(
                content,
                description=veil_name(content.description, people),
                geo_uri=_without_ids(content.geo_uri, people),
            )
        case Media():
            return _media(content, people)


def veil_name(name: str, people: Sequence[Veiled]) -> str:
    """The name of a file, or another label that programs make, without the people's ids and names."""
    name = _without_ids(name, people)
    for person in people:
        name = veil_file_name(name, person.names, person.alias)
    return name


def _media(media: Media, people: Sequence[Veiled]) -> Media:
    caption, html = media.caption, media.caption_html
    if caption is not None:
        caption, html = _words(caption, html, media.mentions, people)
    info = {key: value for key, value in media.info.items() if not isinstance(value, Mapping)}
    for key in ("thumbnail_info", "thumbnail_file"):
        if isinstance(media.info.get(key), Mapping):
            info[key] = _details(media.info[key])
    return replace(
        media,
        filename=veil_name(media.filename, people),
        caption=caption,
        caption_html=html,
        mentions=(),
        info=_details(info),
        voice=None if media.voice is None else _sound(media.voice),
        encrypted=None if media.encrypted is None else _details(media.encrypted),
    )


def _details(info: Mapping[str, Any]) -> dict[str, Any]:
    """What is told about a file, without what has no place there: parameters of its type, keys of programs' own."""
    kept = dict(info)
    if "mimetype" in kept:
        kind = _MIMETYPE.match(str(kept.pop("mimetype")))
        kept |= {"mimetype": kind.group()} if kind else {}
    for key, value in info.items():
        if "blurhash" in key and not _BLURHASH.fullmatch(str(value)):
            del kept[key]
    for key, known in (("key", _KEY), ("hashes", _HASHES)):
        if isinstance(kept.get(key), Mapping):
            kept[key] = {name: value for name, value in kept[key].items() if name in known}
    return kept


def _sound(voice: Mapping[str, Any]) -> dict[str, Any]:
    """How a voice message looks: its length, and the heights of its wave, which are numbers."""
    waveform = voice.get("waveform", [])
    if not all(isinstance(height, int) for height in waveform):
        return {key: value for key, value in voice.items() if key != "waveform"}
    return dict(voice)


def _words(
    body: str, html: str | None, mentions: Iterable[Mention], people: Sequence[Veiled]
) -> tuple[str, str | None]:
    """Written words in both forms, without ids, and with another name where somebody is mentioned."""
    body = _without_ids(body, people)
    if html is not None:
        html = _without_pictures(_without_ids(html, people, is_html=True), people)
    by_id = {person.user_id: person for person in people}
    for mention in mentions:
        person = by_id.get(mention.user_id)
        if person is None:
            continue
        called = [mention.label, *person.names] if mention.label else [*person.names]
        for name in sorted({name for name in called if name and name != person.alias}, key=len, reverse=True):
            body = _without_name(body, name, person.alias)
            html = _in_text(html, name, person.alias) if html is not None else None
    if html is not None and any(_pattern(person.user_id).search(_visible(html)) for person in people):
        html = None  # an id was hidden between tags; the plain text says the same without it
    return body, html


def _without_ids(text: str, people: Iterable[Veiled], *, is_html: bool = False) -> str:
    for person in people:
        alias = escape(person.alias) if is_html else person.alias
        text = alias.join(_pattern(person.user_id).split(text))
    return text


def _without_pictures(html: str, people: Iterable[Veiled]) -> str:
    addresses = {f'src="{escape(person.avatar_url)}"' for person in people if person.avatar_url}
    if not addresses:
        return html
    return _TAG.sub(lambda tag: "" if any(address in tag[0] for address in addresses) else tag[0], html)


def _without_name(text: str, name: str, alias: str) -> str:
    return re.sub(rf"(?<!\w)@?{re.escape(name)}(?!\w)", lambda _: alias, text)


def _in_text(html: str, name: str, alias: str) -> str:
    """The same in the words of HTML, not in its tags."""
    parts = _TAG.split(html)
    parts[::2] = [
        _without_name(part, escape(name, quote=False), escape(alias, quote=False)) for part in parts[::2]
    ]
    return "".join(parts)


def _pattern(user_id: str) -> re.Pattern[str]:
    """Somebody's id as it may be written: with or without its "@", or in a link.

    Whatever follows it: rather an id of another homeserver whose name begins the same is spoiled than this one seen.
    """
    local, _, server = user_id.removeprefix("@").partition(":")
    name, place = _spelled(local), _spelled(server)
    return re.compile(rf"(?:@|%40|\b){name}(?::|%3a){place}", re.IGNORECASE)


def _spelled(text: str) -> str:
    return "".join(
        letter
        if letter.isalnum()
        else f"(?:{re.escape(letter)}|{''.join(f'%{byte:02x}' for byte in letter.encode())})"
        for letter in text
    )


def _servers(server: str) -> list[str]:
    """What may be meant by the name of a server with more behind it: the end of a sentence, of a file's name."""
    parts = server.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _texts(content: Content) -> list[str]:
    """Everywhere in a content where an id may stand."""
    if isinstance(content, Text):
        texts = [content.body, content.html]
    elif isinstance(content, Location):
        texts = [content.description, content.geo_uri]
    else:
        texts = [content.filename, content.caption, content.caption_html]
    kept = [text for text in texts if text]
    return kept + [_visible(text) for text in kept if "<" in text]


def _mentions(content: Content) -> tuple[Mention, ...]:
    return content.mentions if isinstance(content, Text | Media) else ()


def _visible(html: str) -> str:
    """What HTML shows, without its tags."""
    return unescape(_TAG.sub("", html))
