"""How people name each other in commands: by Matrix id, by its first half, or by a mention that their client made."""

import re
from html import unescape
from urllib.parse import unquote

from livechat_plugin.core.errors import Refused

_PILL = re.compile(r'<a\b[^>]*\bhref="https://matrix\.to/#/([^"?]+)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class InvalidPerson(Refused):
    """What should name somebody does not."""


def with_ids(body: str, html: str | None) -> str:
    """A message's text with the Matrix id in place of each mentioned person's name.

    Clients write only the name into the text of a message; the id stands in the link of its HTML.
    """
    for address, shown in _PILL.findall(html or ""):
        user_id, name = unquote(unescape(address)), unescape(_TAG.sub("", shown))
        if user_id.startswith("@") and name and user_id != name:
            body = body.replace(name, user_id, 1)
    return body


def read_person(word: str, server_name: str) -> str:
    """The Matrix id that somebody means by `@boris:example.org`, `@boris` or `boris`.

    Args:
        word: what they wrote.
        server_name: the homeserver that is meant where none is named.

    Raises:
        InvalidPerson: it cannot be an id.
    """
    localpart, colon, server = word.removeprefix("@").partition(":")
    server = server if colon else server_name
    if not localpart or not server or not f"{localpart}{server}".isprintable() or " " in word or "*" in word:
        raise InvalidPerson(f"{word[:50]!r} is not a Matrix id such as @anna:{server_name}.")
    return f"@{localpart}:{server}"
