"""How long something takes, as people say it."""

from datetime import timedelta

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def in_words(duration: timedelta) -> str:
    """In the largest unit that fits: 3 days, 1 hour, 20 minutes, less than a minute."""
    for name, unit in _UNITS:
        count = duration // unit
        if count >= 1:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "less than a minute"
