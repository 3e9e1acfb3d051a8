"""What people wrote, as HTML for our pages: formatting as far as it is harmless, and links.

What is kept was made safe for Matrix clients when it came in. Pages are stricter, and trust none of it: no pictures,
no classes or ids of ours, no addresses of our own.
"""

import re
from html import unescape

import nh3
from markupsafe import Markup, escape

from livechat_plugin.core.content import Text
from livechat_plugin.core.html_cost import is_cheap

_TAGS = set(
    """
    del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td
    caption pre span details summary
    """.split()  # noqa: SIM905 - a list of words is read best as words
)

_KEPT = {("a", "rel"), ("a", "target"), ("ol", "start"), ("span", "data-mx-spoiler")}
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_UNSEEN = dict.fromkeys(range(33))
"""Characters that browsers leave out of addresses, by their code."""

_ADDRESS = re.compile(r"""(?i:\bhttps?://)[^\s<>"'`\\^{|}\u202a-\u202e\u2066-\u2069]{1,2000}""")
_TAG = re.compile(r"""(<[^>"]*(?:"[^"]*"[^>"]*)*>)""")
"""In clean HTML, values of attributes stand in double quotes and hold none."""

_UNLINKED = {f"<{tag}": 1 for tag in ("a", "code", "pre")} | {f"</{tag}": -1 for tag in ("a", "code", "pre")}
"""Tags between which words are no links, by how many of them are open afterwards."""
_HEADINGS = {f"<h{n}>": '<div class="heading">' for n in range(1, 7)} | {
    f"</h{n}>": "</div>" for n in range(1, 7)
}
_CLOSING = {")": "(", "]": "["}


def _allow(element: str, attribute: str, value: str) -> str | None:
    if (element, attribute) == ("a", "href"):
        address = value.translate(_UNSEEN)
        return address if address.lower().startswith(_SCHEMES) else None
    # nh3 keeps title and lang anywhere.
    return value if (element, attribute) in _KEPT else None


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"mx-reply", "script", "style", "title", "textarea", "svg", "math", "template"},
    attributes={"a": {"href"}, "ol": {"start"}, "span": {"data-mx-spoiler"}},
    attribute_filter=_allow,
    url_schemes={"https", "http", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def text_as_html(text: Text) -> Markup:
    """A written message."""
    return words_as_html(text.body, text.html)


def words_as_html(body: str, html: str | None = None) -> Markup:
    """Words with their formatting, where that is cheap to look at; as plain text with its links otherwise."""
    if html and is_cheap(html):
        return Markup(_linked(_cleaner.clean(html)))  # noqa: S704 - this is what makes it safe
    return with_links(body)


def with_links(words: str) -> Markup:
    """Plain text, in which addresses can be followed; lines stay lines by the style of the page."""
    made: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(words):
        address = _without_punctuation(found[0])
        made += [escape(words[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    return Markup("").join([*made, escape(words[end:])])


def _linked(clean: str) -> str:
    """Addresses between the tags of clean HTML as links, but for those that are links already, or code.

    Headings become divisions: one within a message is none of the page's, which readers of screens go by. Only tags
    are looked at for them, since values of attributes may hold what looks like one.
    """
    parts, inside = _TAG.split(clean), 0
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = _HEADINGS.get(part, part)
            inside += _UNLINKED.get(part.split(" ")[0].rstrip(">"), 0)
        elif not inside and "://" in part:
            parts[place] = with_links(unescape(part))
    return "".join(parts)


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow ugc" target="_blank">{0}</a>').format(
        address
    )


def _without_punctuation(address: str) -> str:
    """Without what belongs to the sentence around it, such as a full stop, or a bracket that opened before."""
    surplus = {
        closing: address.count(closing) - address.count(opening) for closing, opening in _CLOSING.items()
    }
    end = len(address)
    while end:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in ".,;:!?…*_~":
            break
        end -= 1
    return address[:end]
