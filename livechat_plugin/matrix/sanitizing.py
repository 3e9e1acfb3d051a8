"""Making formatted text from strangers safe to show to others, with the tags that the Matrix specification allows."""

import re

import nh3

from livechat_plugin.core.html_cost import is_cheap

# Client-Server API, "m.room.message msgtypes": tags and attributes that clients should keep.
_TAGS = set(
    """
    del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td
    caption pre span img details summary
    """.split()  # noqa: SIM905 - a list of thirty-seven words is read best as words
)
_ATTRIBUTES = {
    "span": {"data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"},
    "div": {"data-mx-maths"},
    "a": {"href"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "code": {"class"},
}
_PICTURE = re.compile(r"mxc://[0-9A-Za-z.:\[\]-]+/[0-9A-Za-z_-]+")
_LANGUAGE = re.compile(r"language-[0-9A-Za-z_+#.-]+")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_MENTIONS = tuple(f"{scheme}://matrix.to/#/{sign}" for scheme in ("https", "http") for sign in ("@", "%40"))
MAX_GROWTH = 4
"""How many times as long the safe HTML may be: closing tags and escaped characters are added to it."""

_MARGIN = 500
_UNSEEN = dict.fromkeys(range(33))
"""Characters that browsers leave out of addresses, by their code."""


def _allow(element: str, attribute: str, value: str) -> str | None:
    match element, attribute:
        case "a", "href" if value.translate(_UNSEEN).lower().startswith(_MENTIONS):
            return None  # a mention would tell one side who the people on the other side are (S5)
        case "img", "src" if not _PICTURE.fullmatch(value):
            return None  # remote pictures would tell their owner who reads them
        case "code", "class" if not _LANGUAGE.fullmatch(value):
            return None
        case "span", "data-mx-color" | "data-mx-bg-color" if not _COLOR.fullmatch(value):
            return None  # clients make styles of it
        case _:
            return value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"mx-reply", "script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_allow,
    url_schemes={"https", "http", "ftp", "mailto", "magnet", "tel", "mxc"},
    url_relative="deny",  # it would lead into the client itself
    link_rel="noopener",
)


def sanitize(html: str) -> str | None:
    """HTML reduced to what is safe in a client; the quoted fallback of replies (`mx-reply`) goes altogether.

    Returns:
        None for HTML that costs too much to parse or to send on; the plain text beside it says the same.
    """
    if not is_cheap(html):
        return None
    clean = _cleaner.clean(html)
    return clean if len(clean) <= MAX_GROWTH * len(html) + _MARGIN else None
