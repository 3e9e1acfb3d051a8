"""What is said to those who want into the console."""

from html import escape

from livechat_plugin.core.wording.mentions import pill


def sign_in_link(link: str) -> tuple[str, str]:
    """In the bot's direct chat: the way into the console."""
    before = "Your way into the console, good once and for ten minutes:"
    after = "Pass it on to nobody: whoever opens it signs in as you."
    return (
        f"{before}\n{link}\n{after}",
        f'<p>{escape(before)}<br><a href="{escape(link)}">{escape(link)}</a></p><p>{escape(after)}</p>',
    )


def console_needs_direct_chat(bot: str) -> tuple[str, str]:
    """Where others read along."""
    start = "Others can read here, and the link is for you alone. Write !console to me in a direct chat:"
    return f"{start} https://matrix.to/#/{bot}", f"{escape(start)} {pill(bot)}"
