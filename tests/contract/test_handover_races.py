"""Of two who do something to the same session at the same moment, exactly one wins; the other learns why not.

On PostgreSQL the two units of work really run side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from livechat_plugin.core.errors import ConcurrentChange, Refused
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session, SessionState, hand_to_group, offer, take
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.availability import Availability
from livechat_plugin.services.handovers import Handovers
from livechat_plugin.services.receivers import Receivers
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.session_care import SessionCare
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept, add_conversation
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver

ANNA, BORIS, EVE, SAM = (f"@{name}:example.org" for name in ("anna", "boris", "eve", "sam"))
RACES_LOST = 20

Deed = Callable[[UnitOfWork, ConversationView, Session], Awaitable[object]]


@dataclass
class Desk:
    """The use cases, and one session in a store."""

    kept: Kept
    number: int

    def __post_init__(self) -> None:
        clock, naming = FakeClock(), Naming("livechat", "example.org")
        roles = Roles()
        availability = Availability(clock, FakeHomeserver(naming), naming)
        self.assignments = Assignments(clock, naming)
        self.handovers = Handovers(clock, naming, roles, Receivers(availability), self.assignments)
        self.care = SessionCare(roles, self.assignments)

    async def do(self, deed: Deed) -> str | None:
        """As the inbox does it: again when another writer was faster; returns why it was refused."""
        for attempt in range(RACES_LOST):
            try:
                async with self.kept.store.begin() as work:
                    found = await work.sessions.get(self.number)
                    assert found is not None
                    view = await work.conversations.view(found.conversation_id)
                    session = await work.sessions.get(self.number)
                    assert session is not None
                    await deed(work, view, session)
                    await work.commit()
            except ConcurrentChange:
                await asyncio.sleep(0.01 * attempt)
            except Refused as refusal:
                return str(refusal)
            else:
                return None
        raise AssertionError("lost every race")

    async def session(self) -> Session:
        async with self.kept.store.read() as work:
            session = await work.sessions.get(self.number)
        assert session is not None
        return session


async def desk_with(kept: Kept, change: Callable[[Session], Session]) -> Desk:
    async with kept.store.begin() as work:
        conversation = await add_conversation(work)
        live_chat = await work.live_chats.get(conversation.live_chat_id)
        assert live_chat is not None
        await work.groups.set_members("operators", [ANNA, BORIS])
        await work.groups.set_members("supervisors", [SAM])
        await work.groups.set_members("second", [EVE])
        await work.live_chats.save(
            replace(live_chat, supervisors="supervisors", version=live_chat.version + 1)
        )
        session = offer(await work.sessions.open(conversation.id, "Hello", NOW))
        await work.sessions.save(session)
        changed = change(session)
        if changed != session:
            await work.sessions.save(changed)
        await work.commit()
    return Desk(kept, session.number)


def as_it_is(session: Session) -> Session:
    return session


def annas(session: Session) -> Session:
    return take(session, ANNA, NOW)


def offered(session: Session) -> Session:
    return hand_to_group(session, "second", "too hard", NOW)


DEEDS: dict[str, Callable[[Desk], Deed]] = {
    "anna takes": lambda desk: lambda work, view, one: desk.assignments.take(work, view, one, ANNA),
    "boris takes": lambda desk: lambda work, view, one: desk.assignments.take(work, view, one, BORIS),
    "eve takes": lambda desk: lambda work, view, one: desk.assignments.take(work, view, one, EVE),
    "sam gives it to boris": lambda desk: (
        lambda work, view, one: desk.handovers.assign(work, view, one, BORIS, SAM)
    ),
    "sam takes over": lambda desk: lambda work, view, one: desk.handovers.take_over(work, view, one, SAM),
    "anna hands it to boris": lambda desk: (
        lambda work, view, one: desk.handovers.transfer(work, view, one, BORIS, ANNA)
    ),
    "anna hands it to the group": lambda desk: (
        lambda work, view, one: desk.handovers.transfer_to_group(work, view, one, "second", ANNA)
    ),
    "anna closes": lambda desk: lambda work, view, one: desk.care.close(work, view, one, ANNA),
    "sam closes": lambda desk: lambda work, view, one: desk.care.close(work, view, one, SAM),
}


@pytest.mark.parametrize(
    ("before", "deeds"),
    [
        (as_it_is, ("anna takes", "boris takes")),
        (as_it_is, ("sam gives it to boris", "sam gives it to boris")),
        (as_it_is, ("sam takes over", "sam takes over")),
        (as_it_is, ("sam closes", "sam closes")),
        (offered, ("boris takes", "eve takes")),
        (annas, ("anna hands it to boris", "anna hands it to the group")),
        (annas, ("anna hands it to boris", "anna closes")),
        (annas, ("anna hands it to the group", "anna closes")),
        (annas, ("anna hands it to boris", "anna hands it to boris")),
        (annas, ("anna closes", "sam closes")),
    ],
)
async def test_exactly_one_wins(
    kept: Kept, before: Callable[[Session], Session], deeds: tuple[str, ...]
) -> None:
    desk = await desk_with(kept, before)
    version = (await desk.session()).version
    refusals = await asyncio.gather(*(desk.do(DEEDS[deed](desk)) for deed in deeds))
    assert sorted(refusal is None for refusal in refusals) == [False, True]
    assert (await desk.session()).version == version + 1
    assert await owed_invitations(kept) <= 1


@pytest.mark.parametrize("before", [as_it_is, annas, offered])
async def test_whatever_many_do_at_once_the_session_ends_in_one_piece(
    kept: Kept, before: Callable[[Session], Session]
) -> None:
    desk = await desk_with(kept, before)
    version = (await desk.session()).version
    refusals = await asyncio.gather(*(desk.do(deed(desk)) for deed in DEEDS.values()))
    session = await desk.session()
    assert session.state is SessionState.CLOSED  # somebody closed it, and nothing came after that
    assert session.version == version + refusals.count(None)
    async with kept.store.read() as work:
        written = await work.audit.entries(limit=99)
    assert len(written) == refusals.count(None)


async def owed_invitations(kept: Kept) -> int:
    async with kept.store.read() as work:
        owed = await work.outbox.pending(0, 99)
    return sum(delivery.payload.kind == "admit_operator" for delivery in owed)
