"""What happened in rooms while nobody told us."""

import asyncio

import pytest
import pytest_asyncio

from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.services.ports import Profile
from livechat_plugin.services.room_events import (
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
    RejectedEvent,
)
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def watcher(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.watcher)


def bodies(events: object) -> list[str]:
    assert isinstance(events, list)
    return [
        event.content.body
        for event in events
        if isinstance(event, MessageSent) and isinstance(event.content, Text)
    ]


async def test_what_was_written_before_we_came_is_there_oldest_first(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla, place.ghost)
    ids = [await place.people.say(place.carla, room_id, word) for word in ("one", "two", "three")]
    await place.homeserver.join(room_id, place.ghost)
    await place.homeserver.act(room_id, place.ghost, Say(Text("our own, which is left out")), "token")
    recent = list(await place.homeserver.recent(room_id, place.ghost, 100))
    assert [event.event_id for event in recent if isinstance(event, MessageSent)] == ids
    assert bodies(recent) == ["one", "two", "three"]
    assert all(not isinstance(event, RejectedEvent) and event.room_id == room_id for event in recent)


async def test_only_the_last_events_are_asked_for(place: Place) -> None:
    room_id = await place.direct_chat()
    for word in ("one", "two", "three"):
        await place.people.say(place.carla, room_id, word)
    assert bodies(await place.homeserver.recent(room_id, place.ghost, 2)) == ["two", "three"]


async def test_what_was_deleted_is_not_there_and_no_error(place: Place) -> None:
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    said = await place.people.say(place.carla, room_id, "secret")
    kept = await place.people.say(place.carla, room_id, "fine")
    reaction = await place.people.react(place.carla, room_id, kept, "👍")
    for event_id in (reaction, said):
        await place.people.redact(place.carla, room_id, event_id)
    recent = list(await place.homeserver.recent(room_id, place.ghost, 100))
    changes = await place.homeserver.changes(place.ghost, mark)
    for events in (recent, list(changes.events)):
        assert not [event for event in events if isinstance(event, RejectedEvent | ReactionSent)]
        assert bodies(events) == ["fine"]


async def test_a_room_that_we_are_not_in_tells_nothing(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla, place.ghost)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.recent(room_id, place.ghost, 10)


async def test_changes_since_a_mark_come_in_order_and_without_our_own(place: Place) -> None:
    room_id = await place.direct_chat()
    await place.people.say(place.carla, room_id, "before")
    mark = await place.homeserver.mark(place.watcher)
    first = await place.people.say(place.carla, room_id, "one")
    await place.homeserver.act(room_id, place.ghost, Say(Text("our own")), "token")
    edit = await place.people.edit(place.carla, room_id, first, "One")
    reaction = await place.people.react(place.carla, room_id, first, "👍")
    answer = await place.people.say(place.carla, room_id, "two", first)
    changes = await place.homeserver.changes(place.ghost, mark)
    assert [event.event_id for event in changes.events] == [first, edit, reaction, answer]
    _, edited, reacted, answered = changes.events
    assert isinstance(edited, MessageEdited)
    assert isinstance(reacted, ReactionSent)
    assert isinstance(answered, MessageSent)
    assert (edited.target, reacted.target, answered.reply_to) == (first, first, first)
    later = await place.homeserver.changes(place.ghost, changes.mark)
    assert list(later.events) == []


async def test_asking_again_since_the_same_mark_tells_what_happened_meanwhile(place: Place) -> None:
    """As after a second start: Synapse repeats its answer to the same request for two minutes."""
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    await place.people.say(place.carla, room_id, "one")
    assert bodies((await place.homeserver.changes(place.ghost, mark)).events) == ["one"]
    await place.people.say(place.carla, room_id, "two")
    assert bodies((await place.homeserver.changes(place.ghost, mark)).events) == ["one", "two"]


async def test_a_mark_is_of_the_moment_at_which_it_was_asked_for(place: Place) -> None:
    room_id = await place.direct_chat()
    await place.homeserver.mark(place.watcher)
    await place.people.say(place.carla, room_id, "one")
    mark = await place.homeserver.mark(place.watcher)
    assert list((await place.homeserver.changes(place.ghost, mark)).events) == []


async def test_changes_come_from_all_rooms_of_the_ghost_and_no_others(place: Place) -> None:
    one, two = await place.direct_chat(), await place.direct_chat()
    other = await place.people.open_room(place.carla)
    mark = await place.homeserver.mark(place.watcher)
    for room_id in (one, two, other):
        await place.people.say(place.carla, room_id, room_id)
    changes = await place.homeserver.changes(place.ghost, mark)
    assert sorted(bodies(list(changes.events))) == sorted([one, two])


async def test_a_long_absence_is_made_up_for_without_a_gap(place: Place) -> None:
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    words = [str(number) for number in range(60)]
    for word in words:
        await place.people.say(place.carla, room_id, word)
    changes = await place.homeserver.changes(place.ghost, mark)
    assert bodies(list(changes.events)) == words


async def test_invitations_since_a_mark(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    before = await place.people.open_room(place.carla, place.ghost)
    mark = await place.homeserver.mark(place.watcher)
    room_id = await place.people.open_room(place.carla, place.ghost)
    changes = await place.homeserver.changes(place.ghost, mark)
    assert before != room_id
    [invitation] = changes.invitations
    assert isinstance(invitation, MembershipChanged)
    assert (invitation.room_id, invitation.sender) == (room_id, place.carla)
    assert (invitation.user_id, invitation.membership, invitation.is_direct) == (place.ghost, "invite", True)


async def test_somebody_who_leaves_or_is_renamed_is_among_the_changes(place: Place) -> None:
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    await place.people.present(place.carla, "Carla II")
    await place.until_renamed(room_id, "Carla II")
    await place.people.leave(place.carla, room_id)
    changes = await place.homeserver.changes(place.ghost, mark)
    renamed, left = changes.events
    assert isinstance(renamed, MembershipChanged)
    assert isinstance(left, MembershipChanged)
    assert (renamed.membership, renamed.previous, renamed.display_name) == ("join", "join", "Carla II")
    assert (left.membership, left.user_id) == ("leave", place.carla)


async def test_what_happened_before_a_ghost_came_in_or_while_it_was_out_is_no_news(place: Place) -> None:
    """The homeserver pushes nothing of that."""
    await place.homeserver.ensure_ghost(place.ghost)
    mark = await place.homeserver.mark(place.watcher)
    room_id = await place.people.open_room(place.carla, place.ghost, is_direct=False)
    await place.people.say(place.carla, room_id, "before")
    await place.homeserver.join(room_id, place.ghost)
    await place.homeserver.set_profile(place.ghost, Profile("Customer Support"))
    await place.people.say(place.carla, room_id, "one")
    await place.people.kick(place.carla, room_id, place.ghost)
    await place.people.say(place.carla, room_id, "while it was out")
    await place.people.invite(place.carla, room_id, place.ghost)
    await place.homeserver.join(room_id, place.ghost)
    await place.people.say(place.carla, room_id, "two")
    changes = await place.homeserver.changes(place.ghost, mark)
    assert bodies(list(changes.events)) == ["one", "two"]
    invitations = [
        event
        for event in changes.events
        if isinstance(event, MembershipChanged) and event.membership == "invite"
    ]
    assert [event.user_id for event in invitations] == [place.ghost] * 2, (
        "of which a restored database must learn"
    )


@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_a_ghost_that_was_put_out_learns_what_happened_until_then(
    place: Place, membership: str
) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla, place.ghost, is_direct=False)
    await place.homeserver.join(room_id, place.ghost)
    mark = await place.homeserver.mark(place.watcher)
    said = await place.people.say(place.carla, room_id, "one more thing")
    await place.people.kick(place.carla, room_id, place.ghost, is_banned=membership == "ban")
    await place.people.say(place.carla, room_id, "not for the ghost")
    changes = await place.homeserver.changes(place.ghost, mark)
    message, removal = changes.events
    assert isinstance(message, MessageSent)
    assert message.event_id == said
    assert isinstance(removal, MembershipChanged)
    assert (removal.room_id, removal.sender, removal.user_id) == (room_id, place.carla, place.ghost)
    assert removal.membership == membership
    later = await place.homeserver.changes(place.ghost, changes.mark)
    assert list(later.events) == []


async def test_an_invitation_that_was_taken_back_is_none(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    mark = await place.homeserver.mark(place.watcher)
    room_id = await place.people.open_room(place.carla, place.ghost, is_direct=False)
    await place.people.kick(place.carla, room_id, place.ghost)
    changes = await place.homeserver.changes(place.ghost, mark)
    assert list(changes.invitations) == []
    *_, removal = changes.events
    assert isinstance(removal, MembershipChanged)
    assert (removal.user_id, removal.membership) == (place.ghost, "leave")


async def test_a_ghost_that_left_by_itself_is_no_news(place: Place) -> None:
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    await place.homeserver.leave(room_id, place.ghost, "done")
    assert list((await place.homeserver.changes(place.ghost, mark)).events) == []


async def test_waiting_ends_by_itself_with_a_mark_that_can_be_used(place: Place) -> None:
    room_id = await place.direct_chat()
    mark = await place.homeserver.mark(place.watcher)
    async with asyncio.timeout(10):
        newer = await place.homeserver.wait(place.watcher, mark, 0.1)
    await place.people.say(place.carla, room_id, "later")
    changes = await place.homeserver.changes(place.ghost, newer)
    assert bodies(list(changes.events)) == ["later"]


async def test_the_bot_itself_cannot_be_asked(place: Place) -> None:
    """Synapse answers a sync of the registration's own user with an internal error; so nobody relies on it."""
    mark = await place.homeserver.mark(place.watcher)
    with pytest.raises(HomeserverUnavailable):
        await place.homeserver.mark(place.naming.bot)
    with pytest.raises(HomeserverUnavailable):
        await place.homeserver.changes(place.naming.bot, mark)
