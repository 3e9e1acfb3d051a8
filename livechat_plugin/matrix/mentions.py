"""Who is mentioned in a message, and by which words: no side may learn from them who the people on the other are (S5)."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

import nh3

from livechat_plugin.core.content import Mention
from livechat_plugin.core.html_cost import is_cheap

MOST = 100
"""Mentions in one message at most; whoever mentions more is not understood."""

_LINKS = nh3.Cleaner(
    tags={"a"},
    clean_content_tags={"mx-reply", "script", "style"},
    attributes={"a": {"href"}},
    link_rel=None,
    url_schemes={"https", "http", "matrix"},
)
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
_USER = re.compile(r"(?:@|(?:^matrix:)u/)([^/:?#\s]{1,255}):([^/?#\s]{1,255})", re.IGNORECASE)


def read_mentions(content: Mapping[str, Any], html: str | None) -> tuple[Mention, ...]:
    """Who is mentioned, by a link in the formatted text or beside it.

    Args:
        content: the event's content.
        html: its formatted text as it came, if it has one.
    """
    found = _linked(html) if html is not None else []
    linked = {mention.user_id for mention in found}
    beside = content.get("m.mentions")
    users = beside.get("user_ids") if isinstance(beside, Mapping) else None
    for user_id in users if isinstance(users, list) else []:
        if isinstance(user_id, str) and user_id.startswith("@") and user_id not in linked:
            found.append(Mention(user_id))
    return tuple(dict.fromkeys(found[:MOST]))


def _linked(html: str) -> list[Mention]:
    if "<a" not in html.lower() or not is_cheap(html):
        return []
    found: list[Mention] = []
    for address, label in _LINK.findall(_LINKS.clean(html)):
        user = _USER.search(unquote(unescape(address)))
        if user is not None:
            found.append(Mention(f"@{user[1]}:{user[2]}", unescape(label).strip() or None))
    return found
