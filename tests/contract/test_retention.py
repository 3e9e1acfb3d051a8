"""What is old goes, a little at a time; what is not stays."""

from datetime import datetime, timedelta

from livechat_plugin.core.content import Media, Text
from livechat_plugin.core.sessions import SessionState, close, offer, take
from livechat_plugin.services.deliveries import DeleteFiles
from livechat_plugin.services.retention import Limits, Retention
from tests.contract.stores import NOW, Kept, add_conversation
from tests.fakes.clock import FakeClock
from tests.fakes.meter import FakeMeter

CARLA = "@carla:example.org"
SAID = "the printer is on fire"


class Clock(FakeClock):
    def now(self) -> datetime:
        return NOW


async def speak(kept: Kept, customer: str, days_ago: int, *, ended: bool, count: int = 2) -> int:
    """A session with some messages, of which the last one is a part of the first, and a picture."""
    at = NOW - timedelta(days=days_ago)
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit, customer)
        session = await unit.sessions.open(conversation.id, SAID, at)
        first: int | None = None
        for place in range(count):
            part_of = first if place == 1 else None  # of a message that was too long
            number = await unit.messages.add(
                conversation.id, "in", at, session_number=session.number, content=Text(SAID), part_of=part_of
            )
            first = number if place == 0 else first
        picture = Media("image", f"mxc://example.org/{session.number}", "burning.png")
        last = await unit.messages.add(
            conversation.id, "in", at, session_number=session.number, author=customer, content=picture
        )
        await unit.messages.add(conversation.id, "in", at, part_of=None)  # a reaction
        await unit.reading.advance(conversation.id, "@anna:example.org", last, at)
        waiting = offer(session)
        await unit.sessions.save(waiting)
        if ended:
            served = take(waiting, "@anna:example.org", at)
            await unit.sessions.save(served)
            await unit.sessions.save(close(served, at, SAID))
        await unit.audit.add(at, "@anna:example.org", "session.taken", f"#{session.number}")
        await unit.commit()
    return conversation.id


async def said(kept: Kept, conversation_id: int) -> int:
    async with kept.store.read() as unit:
        return len(await unit.messages.page(conversation_id, 1000))


def retention(kept: Kept, limits: Limits) -> Retention:
    return Retention(kept.store, Clock(), FakeMeter(), lambda: limits)


async def test_what_was_said_in_old_sessions_goes_with_what_tells_of_them(kept: Kept) -> None:
    old = await speak(kept, CARLA, 40, ended=True)
    still_open = await speak(kept, "@eve:example.org", 35, ended=False)
    recent = await speak(kept, "@dan:example.org", 20, ended=True)
    await retention(kept, Limits(messages_days=30)).look()
    assert await said(kept, old) == 0
    assert await said(kept, still_open) == 3
    assert await said(kept, recent) == 3
    async with kept.store.read() as unit:
        [session] = await unit.sessions.latest(old, 5)
        assert session.state is SessionState.CLOSED
        assert (session.subject, session.name, session.outcome) == ("", None, None)
        assert not await unit.reading.marks(old)
        assert await unit.reading.marks(recent)
        [other] = await unit.sessions.latest(recent, 5)
        assert other.subject == SAID
        owed = [
            one.payload for one in await unit.outbox.pending(0, 10) if isinstance(one.payload, DeleteFiles)
        ]
        assert owed == [DeleteFiles((f"mxc://example.org/{session.number}",), CARLA)]
        assert len(await unit.audit.entries(limit=10)) == 3, "the log has its own time"


async def test_much_goes_in_small_parts(kept: Kept) -> None:
    old = await speak(kept, CARLA, 40, ended=True, count=450)
    meter = FakeMeter()
    await Retention(kept.store, Clock(), meter, lambda: Limits(messages_days=30)).look()
    assert await said(kept, old) == 0
    assert sum(meter.counts.values()) > 1


async def test_old_entries_of_the_audit_log_go(kept: Kept) -> None:
    for days in (40, 20):
        await speak(kept, CARLA if days == 40 else "@dan:example.org", days, ended=True)
    await retention(kept, Limits(audit_days=30)).look()
    async with kept.store.read() as unit:
        [entry] = await unit.audit.entries(limit=10)
    assert entry.at == NOW - timedelta(days=20)


async def test_nothing_goes_unless_it_is_set(kept: Kept) -> None:
    old = await speak(kept, CARLA, 4000, ended=True)
    await retention(kept, Limits()).look()
    assert await said(kept, old) == 3
    async with kept.store.read() as unit:
        assert len(await unit.audit.entries(limit=10)) == 1
