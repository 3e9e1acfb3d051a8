"""What is written in rooms: words for people, commands for us, and notices, which programs write."""

from dataclasses import replace

from livechat_plugin.core.command_lines import CommandLine, read_command, unescape
from livechat_plugin.core.content import Content, Text


def is_notice(content: Content) -> bool:
    """Whether a program wrote it; nobody answers a notice, or two programs might talk to each other for ever."""
    return isinstance(content, Text) and content.style == "notice"


def command_in(content: Content) -> CommandLine | None:
    """The command that somebody wrote; captions, places and notices hold none."""
    return read_command(content.body) if isinstance(content, Text) and not is_notice(content) else None


def unescaped(content: Content) -> Content:
    """Without the second "!" of what is meant literally, where it might have been a command."""
    if not isinstance(content, Text) or is_notice(content):
        return content
    html = content.html
    return replace(content, body=unescape(content.body), html=unescape(html) if html is not None else None)
