"""Days and moments as people write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from livechat_plugin.core.field_values.not_a_value import NotAValue
from livechat_plugin.core.field_values.words import shortened

# By their first letters, in English and German.
_MONTHS = {
    name: number
    for number, names in (
        (1, ("jan",)),
        (2, ("feb",)),
        (3, ("mar", "mär", "mrz")),
        (4, ("apr",)),
        (5, ("may", "mai")),
        (6, ("jun",)),
        (7, ("jul",)),
        (8, ("aug",)),
        (9, ("sep",)),
        (10, ("oct", "okt")),
        (11, ("nov",)),
        (12, ("dec", "dez")),
    )
    for name in names
}
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_DAY_AND_NAME = re.compile(r"(?P<day>\d{1,2})\.?\s+(?P<name>[^\W\d_]{3,12})\.?,?\s+(?P<year>\d{4})")
_NAME_AND_DAY = re.compile(r"(?P<name>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})")
_TIME = re.compile(
    r"(?P<day>.*\d)(?:[Tt]|,?\s+)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s+(?:Uhr|h))?"
    r"\s*(?P<zone>[Zz]|[+-]\d{2}:?\d{2}|[A-Za-z]+(?:/[A-Za-z_+-]+)*)?"
)


def read_date(raw: str) -> str:
    """A day: `2026-12-24`, `24.12.2026`, `24 Dec 2026`; the ISO form comes back.

    Raises:
        NotAValue: it is no day, or could mean two, such as 03/04/2026.
    """
    return _date(raw).isoformat()


def read_datetime(raw: str, locale: str | None = None) -> str:
    """A moment: a day as in `read_date` with a time, `2026-12-24 18:00`, and maybe a time zone; the ISO form comes back.

    Args:
        raw: what somebody wrote.
        locale: the time zone that is meant when none is written; UTC if that is not given.

    Raises:
        NotAValue: it is no moment, or the time zone is unknown.
    """
    found = _TIME.fullmatch(raw.strip())
    if found is None:
        day = _date(raw, "a day and time; write it like 2026-12-24 18:00")
        raise NotAValue(f"the time is missing; write it like {day.isoformat()} 18:00")
    day = _date(found["day"])
    try:
        at = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise NotAValue(f"{shortened(raw)} has a time that no clock shows; write it like 18:00") from None
    moment = datetime.combine(day, at, _zone(found["zone"], locale))
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise NotAValue(f"{shortened(raw)} is out of range") from None
    return moment.isoformat()


def _date(raw: str, wanted: str = "a date; write it like 2026-12-24 or 24.12.2026") -> date:
    written = raw.strip()
    for form in _YEAR_FIRST, _DAY_FIRST, _DAY_AND_NAME, _NAME_AND_DAY:
        found = form.fullmatch(written)
        if found is None:
            continue
        parts = found.groupdict()
        month = _MONTHS.get(parts["name"][:3].casefold()) if "name" in parts else int(parts["month"])
        if month is None:
            break
        try:
            return date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:
            raise NotAValue(f"{shortened(raw)} stands in no calendar; write it like 2026-12-24") from None
    raise NotAValue(f"{shortened(raw)} is not {wanted}")


def _zone(written: str | None, locale: str | None) -> tzinfo:
    if written is None:
        return known_zone(locale) or UTC if locale else UTC
    if written in {"Z", "z"}:
        return UTC
    if written[0] in "+-":
        hours, minutes = int(written[1:3]), int(written[-2:])
        if hours > 14 or minutes > 59:
            raise NotAValue(f"there is no time zone {written}; write it like +01:00 or Europe/Berlin")
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if written[0] == "-" else offset)
    zone = known_zone(written)
    if zone is None:
        raise NotAValue(f"there is no time zone {written}; write it like +01:00 or Europe/Berlin")
    return zone


def known_zone(name: str) -> tzinfo | None:
    """The time zone of this name; None if there is none."""
    if name.upper() in {"UTC", "GMT"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # whatever a name that is none leads to in the file system
        return None
