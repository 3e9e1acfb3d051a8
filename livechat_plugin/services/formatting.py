"""What is typed in our own pages, with the signs for formatting that Matrix clients know (CommonMark)."""

from functools import cache
from typing import TYPE_CHECKING

from livechat_plugin.core.content import Text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_FORMATTED = 16_000
"""Characters; who writes more writes no chat message, and it goes out as it is."""

_PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}


def formatted(words: str) -> Text:
    """The words as they were typed, and beside them their formatting, if there is any."""
    if len(words) > LONGEST_FORMATTED:
        return Text(words)
    markdown = _markdown()
    tokens = markdown.parse(words)
    if all(_is_plain(token) for token in tokens):
        return Text(words)
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    html = html.strip()
    if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
        html = html.removeprefix("<p>").removesuffix("</p>")
    return Text(words, html)


@cache
def _markdown() -> "MarkdownIt":
    """Loaded when somebody writes in our own pages: most installations serve in rooms only."""
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return (
        MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False, "maxNesting": 20})
        .enable("strikethrough")
        # What people write without meaning it: a line of dashes, a number sign, an indented line.
        .disable(["image", "heading", "lheading", "hr", "code", "reference", "entity"])
    )


def _is_plain(token: "Token") -> bool:
    return token.type in _PLAIN and all(_is_plain(child) for child in token.children or ())
