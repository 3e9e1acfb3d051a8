"""The lists of sessions in the console: who sees what, what can be done from a row, and what is new."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractContextManager

import pytest
import pytest_asyncio

from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.live import Subscription
from livechat_plugin.services.room_events import ReadUpTo
from tests.unit.console import Console, Page
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk, event_ids
from tests.unit.wiring import ADA, SERVER

EVE, FRANK = f"@eve:{SERVER}", f"@frank:{SERVER}"


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def busy(desk: Desk) -> Desk:
    """#1 of Carla is Anna's, #2 of Dan is Boris's, #3 of Eve waits, and #4 of Frank, which Boris served, is over."""
    for customer in (EVE, FRANK):
        desk.homeserver.introduce(customer)
    await desk.write(CARLA, "The printer burns")
    await desk.write(DAN, "My invoice")
    await desk.write(EVE, "Hello?")
    await desk.write(FRANK, "Never mind")
    await desk.take(ANNA, 1)
    await desk.command(BORIS, "!take 2")
    await desk.command(BORIS, "!take 4")
    await desk.enter(BORIS, FRANK)
    await desk.people.say(BORIS, desk.session_room(FRANK).room_id, "!close")
    await desk.settle()
    return desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


def numbers(page: Page) -> list[int]:
    return [int(str(row["data-row"])) for row in page.html.select("[data-row]")]


async def told(console: Console, page: Page) -> str:
    """What the page shows that an action leads to."""
    assert page.status == 303
    shown = await console.get(page.goes_to.removeprefix("/console"))
    return " ".join(shown.all("[role=status]"))


async def test_supervisors_see_all_and_operators_the_queue_and_their_own(
    busy: Desk, console: Console
) -> None:
    for user, path, expected in (
        (ANNA, "queue", [3]),
        (ANNA, "mine", [1]),
        (ANNA, "active", [1]),
        (ANNA, "closed", []),
        (BORIS, "closed", [4]),
        (SAM, "queue", [3]),
        (SAM, "active", [1, 2]),
        (SAM, "closed", [4]),
        (SAM, "mine", []),
        (SAM, "active?operator=@anna", [1]),
        (SAM, "active?q=invoice", [2]),
        (SAM, "active?q=DAN", [2]),
        (SAM, "active?q=nothing", []),
        (SAM, "active?priority=high", []),
        (SAM, "active?network=matrix", [1, 2]),
        (SAM, "active?network=telegram", []),
        (SAM, "active?since=2026-01-01", [1, 2]),
        (SAM, "active?since=2027-01-01", []),
        (SAM, "active?chat=support", [1, 2]),
        (SAM, "active?beyond=1", [2]),
    ):
        console.sign_in(user)
        page = await console.get(f"/sessions/{path}")
        assert (user, path, page.status, numbers(page)) == (user, path, 200, expected)


async def test_who_works_in_no_live_chat_sees_no_sessions(busy: Desk, console: Console) -> None:
    for user in (CARLA, ADA):
        console.sign_in(user)
        for path in ("queue", "mine", "active", "closed"):
            page = await console.get(f"/sessions/{path}")
            assert page.status == (403 if user == CARLA else 409)
            assert not numbers(page)
            assert "Hello?" not in page.text


async def test_a_filter_that_cannot_be_understood_is_answered_beside_it(busy: Desk, console: Console) -> None:
    console.sign_in(SAM)
    for query, words in (
        ("since=yesterday", "is no date"),
        ("operator=%40", "Matrix id"),
        ("priority=urgent", "There is no such priority"),
        ("chat=sales", "You work in no such live chat."),
    ):
        page = await console.get(f"/sessions/active?{query}&q=kept")
        assert page.status == 422
        [error] = page.all("form .error")
        assert words in error
        field = query.partition("=")[0]
        assert page.html.select_one(f"[name={field}]")["aria-describedby"] == f"field-{field}-error"  # type: ignore[index]
        assert page.html.select_one("[name=q]")["value"] == "kept"  # type: ignore[index]


async def test_strange_addresses_are_no_accidents(busy: Desk, console: Console) -> None:
    console.sign_in(SAM)
    for query in (
        "q=%00",
        "q=" + "x" * 5000,
        "q=%25%5F%5C%27%22%3C",
        "q=%FF%FE",
        "q=a&q=b",
        "beyond=-1",
        "beyond=0",
        "beyond=" + "9" * 30,
        "beyond=x",
        "network=%00",
        "chat=",
        "unknown=1",
    ):
        assert (await console.get(f"/sessions/closed?{query}")).status == 200, query
    for operator in ("x" * 5000, "@anna"):
        assert (await console.get(f"/sessions/active?operator={operator}")).status == 200
    assert (await console.get("/sessions/active?since=9999-12-31")).status == 200
    for path in ("/sessions/3/assign?search=%00&back=//evil.example", "/sessions/3/assign?back=../../x"):
        page = await console.get(path)
        assert page.status == 200
        assert page.html.select_one("#main input[name=back]")["value"] == "queue"  # type: ignore[index]


async def test_pages_of_a_long_list_follow_each_other(desk: Desk, console: Console) -> None:
    for number in range(23):
        customer = f"@customer{number}:{SERVER}"
        desk.homeserver.introduce(customer)
        await desk.write(customer, "Hello")
    console.sign_in(ANNA)
    first = await console.get("/sessions/queue?priority=none")
    assert numbers(first) == list(range(1, 21))
    following = first.html.select_one("a[rel=next]")
    assert following is not None
    second = await console.get(str(following["href"]).removeprefix("/console"))
    assert numbers(second) == [21, 22, 23]
    assert second.html.select_one("a[rel=next]") is None
    assert "priority=none" in str(second.html.select_one(".pager a")["href"])  # type: ignore[index]


async def test_the_empty_queue_says_that_sessions_come_by_themselves(desk: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    assert "Nobody is waiting" in (await console.get("/sessions/queue")).text


async def test_a_part_of_the_page_comes_alone_when_it_asks_for_itself(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    part = await console.get("/sessions/queue?q=hello", hx_request="true", hx_target="session-list")
    assert numbers(part) == [3]
    assert not part.all("#navigation")
    section = part.html.select_one("#session-list")
    assert section is not None
    assert section["hx-get"] == "/console/sessions/queue?q=hello"
    assert section["data-live"] == f"live_chat:1 person:{ANNA}"


# --- what is new ---


async def test_what_was_said_last_stands_in_the_row(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    assert (await console.get("/sessions/mine")).all(".session-last") == ["The printer burns"]
    await busy.answer(ANNA, "Take cover!")
    assert (await console.get("/sessions/mine")).all(".session-last") == ["Anna: Take cover!"]
    await busy.write(CARLA, "<b>Thanks</b>")
    assert (await console.get("/sessions/mine")).all(".session-last") == ["<b>Thanks</b>"]


async def test_messages_are_unread_until_the_operator_reads_or_answers(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    for words in ("one", "two"):
        await busy.write(CARLA, words)

    async def unread() -> list[str]:
        return (await console.get("/sessions/mine")).all(".session-row .count-new")

    assert await unread() == ["3 unread"]
    two = event_ids(busy.session_room().shown(), "one")[0]
    await busy.signals.relay([ReadUpTo(busy.session_room().room_id, ANNA, two)])
    assert await unread() == ["1 unread"]
    await busy.answer(ANNA, "Yes?")
    assert await unread() == []


async def test_a_session_is_new_until_somebody_has_seen_it(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    assert (await console.get("/sessions/queue")).all(".session-row .badge-accent") == ["New"]
    hello = event_ids(busy.session_room(EVE).shown(), "Hello?")[0]
    await busy.signals.relay([ReadUpTo(busy.session_room(EVE).room_id, ANNA, hello)])
    assert (await console.get("/sessions/queue")).all(".session-row .badge-accent") == []
    console.sign_in(BORIS)
    assert (await console.get("/sessions/queue")).all(".session-row .badge-accent") == ["New"]


async def test_the_navigation_counts_what_waits_and_what_is_unread(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    page = await console.get("/sessions/closed")
    assert page.all("#count-waiting") == ["1 waiting"]
    assert page.all("#count-unread") == ["1 unread"]
    part = await console.get("/sessions/counters", hx_request="true", hx_target="counters")
    following = part.html.select_one("#counters")
    assert following is not None
    assert (following["data-unread"], following["data-live"]) == ("1", f"live_chat:1 person:{ANNA}")
    assert [found["hx-swap-oob"] for found in part.html.select(".count")] == ["true"] * 2
    await console.post("/sessions/3/take")
    part = await console.get("/sessions/counters")
    assert part.html.select_one("#count-waiting").has_attr("hidden")  # type: ignore[union-attr]
    console.sign_in(SAM)
    assert (await console.get("/sessions/queue")).all("#count-active") == ["3 served now"]


async def test_numbers_are_not_counted_further_than_they_matter(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    for number in range(105):
        await desk.write(CARLA, f"Number {number}")
    console.sign_in(ANNA)
    assert (await console.get("/sessions/mine")).all(".session-row .count-new") == ["99+ unread"]


# --- following ---


async def test_one_follows_ones_own_news_and_nobody_elses(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.sign_in(ANNA)
    console.live.close()  # so that the answer ends
    followed: list[str] = []
    subscribed = console.live.subscribed

    def remember(topics: Collection[str], person: str | None) -> AbstractContextManager[Subscription]:
        followed.extend(topics)
        return subscribed(topics, person)

    monkeypatch.setattr(console.live, "subscribed", remember)
    page = await console.get(f"/live?topics=person:{ANNA}+person:{BORIS}+live_chat:1+live_chat:2+nonsense")
    assert page.status == 200
    assert followed == [f"person:{ANNA}", "live_chat:1"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sessions/3/take", {}),
        ("/sessions/3/assign", {"operator": BORIS}),
        ("/sessions/3/priority", {"priority": "high"}),
    ],
)
async def test_nothing_is_done_from_a_list_while_switched_off(
    busy: Desk, console: Console, path: str, fields: dict[str, str]
) -> None:
    console.sign_in(SAM if "assign" in path else ANNA)
    busy.use_cases.gate.is_on = False
    page = await console.post(path, fields)
    assert page.status in {409, 422}
    assert "switched off" in page.text
    session = busy.session(3)
    assert (session.operator, session.priority) == (None, Priority.NONE)
