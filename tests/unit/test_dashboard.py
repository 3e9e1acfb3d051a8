"""The dashboard: sums, who sees them, and the page."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from livechat_plugin.core.errors import NotASupervisor, Refused
from livechat_plugin.core.figures import NOTHING, Figures
from livechat_plugin.services.dashboard import BELIEVED_FOR, Dashboard, DashboardView, Period
from livechat_plugin.web.console.dashboard import short_duration
from tests.unit.console import Console
from tests.unit.desk import ANNA, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA

UTC_ZONE = ZoneInfo("UTC")


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


async def show(
    desk: Desk,
    asker: str = SAM,
    period: Period = Period.DAY,
    zone: ZoneInfo = UTC_ZONE,
    slug: str | None = None,
) -> DashboardView:
    async with desk.store.read() as work:
        return await Dashboard(desk.clock).show(work, asker, period, zone, slug)


async def test_the_first_answer_is_timed_and_later_ones_change_nothing(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.take(ANNA)
    assert desk.session().answered_after is None
    desk.clock.advance(90)
    await desk.answer(ANNA, "Hello, how can I help?")
    desk.clock.advance(60)
    await desk.answer(ANNA, "Are you there?")
    assert desk.session().answered_after == 90


async def test_what_no_customer_sees_is_no_answer(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.take(ANNA)
    await desk.answer(ANNA, "!note a difficult one")
    await desk.people.join(SAM, desk.session_room().room_id)
    await desk.answer(SAM, "I look on")
    assert desk.session().answered_after is None


async def test_supervisors_see_what_goes_on_and_what_went_on(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.take(ANNA)
    desk.clock.advance(30)
    await desk.answer(ANNA, "Hello")
    desk.clock.advance(570)
    await desk.answer(ANNA, "!close")
    await desk.write(DAN)
    view = await show(desk)
    assert (view.now.waiting, view.now.active) == (1, 0)
    assert view.now.waiting_since is not None
    assert (view.duty.online, view.duty.everybody) == (2, 2)
    assert view.total == Figures(2, 1, 30, (1, 1, 1), 1, 600)
    assert view.total.first_response == timedelta(seconds=30)
    assert view.total.duration == timedelta(minutes=10)
    assert view.total.within_percent == (100, 100, 100)
    assert [operator for operator, _ in view.operators] == [ANNA]
    assert len(view.steps) == 24
    assert sum(step.figures.opened for step in view.steps) == 2


async def test_hours_and_days_are_those_of_the_one_who_looks(desk: Desk) -> None:
    await desk.write(CARLA)
    opened_at = desk.session().opened_at
    kiritimati = ZoneInfo("Pacific/Kiritimati")  # fourteen hours ahead
    view = await show(desk, period=Period.WEEK, zone=kiritimati)
    assert len(view.steps) == 7
    [day] = [step for step in view.steps if step.figures != NOTHING]
    assert day.start.date() == opened_at.astimezone(kiritimati).date()
    assert day.start.hour == 0
    [hour] = [hour for hour, figures in enumerate(view.by_hour) if figures.opened]
    assert hour == opened_at.astimezone(kiritimati).hour


async def test_a_month_across_the_change_of_clocks_has_all_its_sessions(desk: Desk) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wanted = datetime(2026, 10, 24, 12, tzinfo=UTC)  # the day before the clocks go back
    desk.clock.advance((wanted - desk.clock.now()).total_seconds())
    await desk.write(CARLA)
    desk.clock.advance(timedelta(days=3).total_seconds())
    view = await show(desk, period=Period.MONTH, zone=berlin)
    assert len(view.steps) == 30
    assert sum(step.figures.opened for step in view.steps) == view.total.opened == 1


async def test_only_supervisors_see_figures_and_only_of_their_live_chats(desk: Desk) -> None:
    for user in (ANNA, ADA, CARLA):
        with pytest.raises(Refused, match="supervisor of no live chat"):
            await show(desk, user)
    with pytest.raises(NotASupervisor):
        await show(desk, SAM, slug="sales")
    assert (await show(desk, SAM, slug="support")).chosen == desk.live_chat


async def test_sums_over_many_are_believed_for_some_seconds_and_what_goes_on_is_always_new(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.services.dashboard.MANY", 0)
    dashboard = Dashboard(desk.clock)

    async def look() -> DashboardView:
        async with desk.store.read() as work:
            return await dashboard.show(work, SAM, Period.DAY, UTC_ZONE)

    assert (await look()).total.opened == 0
    await desk.write(CARLA)
    assert ((await look()).total.opened, (await look()).now.waiting) == (0, 1)
    desk.clock.advance(BELIEVED_FOR.total_seconds())
    assert (await look()).total.opened == 1


async def test_the_page_shows_figures_and_tables(desk: Desk, console: Console) -> None:
    await desk.write(CARLA)
    await desk.take(ANNA)
    desk.clock.advance(30)
    await desk.answer(ANNA, "Hello")
    console.sign_in(SAM)
    page = await console.get("/dashboard")
    assert page.status == 200
    assert page.all("h1") == ["Dashboard"]
    assert "Being served 1" in page.text
    assert "First response 30 s on average" in page.text
    assert ANNA in page.text
    for table in page.html.select("figure table"):
        assert len(table.select("tbody tr")) == 24
    part = await console.get("/dashboard", hx_request="true", hx_target="dashboard-now")
    assert part.html.find("section", id="dashboard-now")
    assert not part.html.find("h1")


@pytest.mark.parametrize("query", ["?period=year", "?period=week&live_chat=support", "?live_chat="])
async def test_whatever_is_asked_for_a_page_comes(console: Console, query: str) -> None:
    console.sign_in(SAM)
    assert (await console.get(f"/dashboard{query}")).status == 200


async def test_the_page_refuses_everybody_else(console: Console) -> None:
    console.sign_in(ANNA)
    assert (await console.get("/dashboard")).status == 409
    console.sign_in(SAM)
    page = await console.get("/dashboard?live_chat=sales")
    assert page.status == 403


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (90_000, "1 d 1 h")]
)
def test_durations_are_short(seconds: int, words: str) -> None:
    assert short_duration(timedelta(seconds=seconds)) == words
