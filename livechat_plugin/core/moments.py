"""Moments as people write and read them: days and times of day, in UTC unless they say otherwise."""

from datetime import UTC, datetime

from livechat_plugin.core.errors import Refused


def read_moment(field: str, text: str) -> datetime:
    """A moment such as `2026-11-22`, `2026-11-22T14:30` or `2026-11-22T14:30+01:00`.

    Raises:
        Refused: it is none; names the field and shows how to write one.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "write it like 2026-11-22 or 2026-11-22T14:30; it means UTC"
        raise Refused(f"{field}: {text[:50]!r} is no date: {example}") from None


def show_moment(moment: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
