"""How the live chats are doing, for those who moderate them (requirements S12, E11)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from livechat_plugin.core.employees import obstacle_to_getting
from livechat_plugin.core.errors import NotASupervisor, Refused
from livechat_plugin.core.figures import NOTHING, Figures, total
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.figures import OpenNow
from livechat_plugin.services.unit_of_work import UnitOfWork

Key = TypeVar("Key")
_Hours = Sequence[tuple[datetime, Figures]]


class Period(StrEnum):
    """How far back figures go."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}

BELIEVED_FOR = timedelta(seconds=15)
"""Sums over many sessions are not made anew within this time; what goes on now always is."""

MANY = 1000
"""Sums over fewer sessions cost nothing worth remembering."""

REMEMBERED = 100
"""So many different questions are remembered for that time."""


@dataclass(frozen=True, slots=True)
class Duty:
    """How many of the operators work.

    Attributes:
        online: those that rules give sessions to.
        everybody: all operators of the live chats.
    """

    online: int
    everybody: int


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a plot: the hour or day that began at `start`, in the zone that was asked for."""

    start: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class DashboardView:
    """Everything on the dashboard.

    Attributes:
        live_chats: those that the asker moderates, by name.
        chosen: the one that all is about; None for all of them.
        steps: hour by hour for a day, otherwise day by day; without gaps.
        by_hour: the 24 hours of the day, all days together.
        operators: who served, by their Matrix ids, the most sessions first.
        total: everything in the period.
    """

    live_chats: Sequence[LiveChat]
    chosen: LiveChat | None
    period: Period
    now: OpenNow
    duty: Duty
    steps: Sequence[Step]
    by_hour: Sequence[Figures]
    operators: Sequence[tuple[str, Figures]]
    total: Figures


@dataclass(frozen=True, slots=True)
class _Sums:
    """What went on in a period."""

    steps: Sequence[Step]
    by_hour: Sequence[Figures]
    operators: Sequence[tuple[str, Figures]]
    total: Figures


class Dashboard:
    """Sums up what goes on, and what went on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._remembered: dict[tuple[object, ...], tuple[datetime, _Sums]] = {}

    async def show(
        self,
        work: UnitOfWork,
        asker: str,
        period: Period,
        zone: ZoneInfo,
        slug: str | None = None,
    ) -> DashboardView:
        """The figures of one live chat, or of all that the asker moderates.

        Raises:
            NotASupervisor: they do not moderate this one.
            Refused: they moderate none.
        """
        groups = await work.groups.of(asker)
        moderated = [
            chat
            for chat in await work.live_chats.of_groups(groups)
            if chat.deleted_at is None and chat.supervisors in groups
        ]
        if not moderated:
            raise Refused("You are a supervisor of no live chat.")
        chosen = next((chat for chat in moderated if chat.slug == slug), None)
        if slug and chosen is None:
            raise NotASupervisor(slug)
        about = [chosen] if chosen is not None else moderated
        numbers = [chat.id for chat in about]
        sums = await self._sums(work, numbers, period, zone)
        return DashboardView(
            moderated,
            chosen,
            period,
            await work.figures.open_now(numbers),
            await self._duty(work, about),
            sums.steps,
            sums.by_hour,
            sums.operators,
            sums.total,
        )

    async def _sums(
        self, work: UnitOfWork, live_chats: Collection[int], period: Period, zone: ZoneInfo
    ) -> _Sums:
        now = self._clock.now()
        question = (*sorted(live_chats), period, zone.key)
        known = self._remembered.get(question)
        if known is not None and now - known[0] < BELIEVED_FOR:
            return known[1]
        here = now.astimezone(zone)
        since = _start(here, period)
        hours = await work.figures.hours(live_chats, since)
        operators = await work.figures.operators(live_chats, since)
        sums = _Sums(
            _steps(hours, since, here, period),
            _by_hour(hours, zone),
            sorted(operators, key=lambda entry: (-entry[1].opened, entry[0])),
            total(figures for _, figures in hours),
        )
        if sums.total.opened >= MANY:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[question] = now, sums
        return sums

    async def _duty(self, work: UnitOfWork, live_chats: Iterable[LiveChat]) -> Duty:
        people: set[str] = set()
        for group in {chat.operators for chat in live_chats}:
            people |= await work.groups.members(group)
        now = self._clock.now()
        employees = (await work.employees.among(people, now)).values()
        online = [employee for employee in employees if obstacle_to_getting(employee, now) is None]
        return Duty(len(online), len(people))


def _start(now: datetime, period: Period) -> datetime:
    """A day goes back 24 hours, to a full hour; the others go back to midnight."""
    if period is Period.DAY:
        return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=_DAYS[period] - 1)


def _steps(hours: _Hours, since: datetime, now: datetime, period: Period) -> Sequence[Step]:
    zone = now.tzinfo

    def day(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def hour(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0)

    begins, count = (hour, 24) if period is Period.DAY else (day, _DAYS[period])
    length = timedelta(hours=1) if period is Period.DAY else timedelta(days=1)
    sums = _summed(hours, begins)
    # Wall clock arithmetic: where the clocks change, a day is still a day.
    starts = [since + length * number for number in range(count)]
    return [Step(start, sums.get(start, NOTHING)) for start in starts]


def _by_hour(hours: _Hours, zone: ZoneInfo) -> Sequence[Figures]:
    sums = _summed(hours, lambda moment: moment.astimezone(zone).hour)
    return [sums.get(hour, NOTHING) for hour in range(24)]


def _summed(hours: _Hours, key: Callable[[datetime], Key]) -> dict[Key, Figures]:
    sums: dict[Key, Figures] = {}
    for moment, figures in hours:
        of = key(moment)
        sums[of] = sums.get(of, NOTHING) + figures
    return sums
