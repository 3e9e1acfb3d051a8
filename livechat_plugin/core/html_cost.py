"""Telling, before it is parsed, whether HTML from a stranger is cheap to parse.

A browser's parser repairs what is badly nested: formatting that is still open when its paragraph ends is opened
again in the next one, attributes and all. A few kilobytes can grow into gigabytes that way, so the repairs that a
message may ask for are counted first, in one pass over its tags.
"""

import re

MAX_LENGTH = 32_768
"""Characters of HTML; an event holds at most twice as many bytes, and the same words in plain text beside it."""

MAX_DEPTH = 100
"""Elements open at once: as many as the specification lets a client show (Client-Server API, `m.room.message`)."""

MAX_REPAIRS = 640_000
"""Weight of the elements that the parser may have to make besides those that are written down."""

_NODE = 32
"""Weight of an element or attribute; each character of its attributes weighs one."""

MAX_UNUSUAL_LENGTH = 4_096
MAX_UNUSUAL_TAGS = 100

_FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_VOID = {"br", "hr", "img", "wbr", "col"}
_USUAL = (
    _FORMATTING
    | _VOID
    | set(
        """
        h1 h2 h3 h4 h5 h6 blockquote p ul ol li sup sub del ins div span pre details summary center mx-reply
        table caption colgroup thead tbody tfoot tr th td dl dt dd
        """.split()  # noqa: SIM905 - as in `sanitizing`
    )
)
# Possessive throughout: no text makes it look at a character more than a few times.
_TAG = re.compile(
    r"""
    <(?:
        (?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*+)
        (?P<attributes>(?:
            [\t\n\f\r ]++[^\t\n\f\r "'<>/=]++
            (?:=(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r "'=<>`/]++))?+
        ){0,12}+)
        [\t\n\f\r ]*+/?+>
        |(?=[a-zA-Z/!?])
    )
    """,
    re.VERBOSE,
)


def is_cheap(html: str) -> bool:
    """Whether parsing takes milliseconds and a few megabytes, whatever the HTML does."""
    if len(html) > MAX_LENGTH:
        return False
    unclosed: list[tuple[str, int]] = []
    weight = repairs = 0
    for tag in _TAG.finditer(html):
        name = (tag["name"] or "").lower()
        if name not in _USUAL:
            # Comments, scripts, tags with errors: what a parser sees in them is not for us to guess.
            return len(html) <= MAX_UNUSUAL_LENGTH and html.count("<") <= MAX_UNUSUAL_TAGS
        repairs += weight
        if not tag["end"]:
            if name not in _VOID:
                own = _weight(tag["attributes"]) if name in _FORMATTING else 0
                unclosed.append((name, own))
                weight += own
        elif unclosed and unclosed[-1][0] == name:  # any other end tag may close less than it seems to
            weight -= unclosed.pop()[1]
        if repairs > MAX_REPAIRS or len(unclosed) > MAX_DEPTH:
            return False
    return True


def _weight(attributes: str) -> int:
    return _NODE * (1 + len(attributes.split())) + len(attributes)
