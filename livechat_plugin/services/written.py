"""What is written in rooms: words for people, commands for us, and notices, which programs write."""

from dataclasses import replace

from livechat_plugin.core.command_lines import PREFIX, CommandLine, read_command, unescape
from livechat_plugin.core.content import Content, Media, Text

_INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_WIDE_PREFIX = "\uff01"
"""What a Chinese or Japanese keyboard writes for "!"."""


def is_notice(content: Content) -> bool:
    """Whether a program wrote it; nobody answers a notice, or two programs might talk to each other for ever."""
    return isinstance(content, Text) and content.style == "notice"


def command_in(content: Content) -> CommandLine | None:
    """The command that somebody wrote; captions, places and notices hold none."""
    return read_command(content.body) if isinstance(content, Text) and not is_notice(content) else None


def is_slip(content: Content) -> bool:
    """Whether a command was meant that is none: after a space, with another keyboard's "!", or as a caption.

    It might be a note, so it must not reach the customer.
    """
    if isinstance(content, Text):
        words = None if is_notice(content) else content.body
    else:
        words = content.caption if isinstance(content, Media) else None
    if words is None:
        return False
    meant = words.lstrip(_INVISIBLE).replace(_WIDE_PREFIX, PREFIX, 1)
    return read_command(meant) is not None and (isinstance(content, Media) or meant != words)


def unescaped(content: Content) -> Content:
    """Without the second "!" of what is meant literally, where it might have been a command."""
    if not isinstance(content, Text) or is_notice(content):
        return content
    html = content.html
    return replace(content, body=unescape(content.body), html=unescape(html) if html is not None else None)
