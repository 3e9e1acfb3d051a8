"""How people are mentioned."""

from html import escape


def pill(user_id: str, name: str | None = None) -> str:
    """A mention in HTML; clients show the person's name, at least where they are in the room."""
    return f'<a href="https://matrix.to/#/{escape(user_id)}">{escape(name or user_id)}</a>'
