"""Which events of a batch are taken in together, and what they lock.

What a unit of work locks is known before it begins, and locked in one order: whoever locks one thing after another may
meet another writer head on. Of some events it is not known, so each of them has a unit of its own.
"""

from collections.abc import Mapping, Sequence

from livechat_plugin.core.command_lines import read_number
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    MembershipChanged,
    MessageSent,
    ReactionSent,
    RejectedEvent,
)
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.written import command_in

Bindings = Mapping[str, RoomBinding]
Events = Sequence[AnyRoomEvent | RejectedEvent]


def together(events: Events, bindings: Bindings, naming: Naming) -> Events:
    """The first event if it must be alone, or else those before the first that must."""
    for number, event in enumerate(events):
        if _is_alone(event, bindings, naming):
            return events[: max(number, 1)]
    return events


def concerned(events: Events, bindings: Bindings) -> tuple[set[int], set[int]]:
    """The conversations of the rooms that events come from, and the numbers of sessions that commands begin with."""
    conversations: set[int] = set()
    sessions: set[int] = set()
    for event in events:
        if isinstance(event, RejectedEvent) or (binding := bindings.get(event.room_id)) is None:
            continue
        if binding.conversation_id is not None:
            conversations.add(binding.conversation_id)
        if isinstance(event, MessageSent) and binding.kind is not RoomKind.CUSTOMER:
            command = command_in(event.content)
            number = read_number(command.argument.partition(" ")[0]) if command is not None else None
            if number is not None:
                sessions.add(number)
    return conversations, sessions


async def prepare(work: UnitOfWork, events: Events, bindings: Bindings) -> None:
    """Ask the store once for what each message of a batch needs."""
    said = [event for event in events if isinstance(event, MessageSent) and event.room_id in bindings]
    if len(said) > 1:
        await work.messages.expect(len(said))
    by_operators = [event for event in said if bindings[event.room_id].kind is RoomKind.SESSION]
    if len(by_operators) > 1:
        senders = {event.sender for event in by_operators}
        await work.employees.load(senders, min(event.at for event in by_operators))


def _is_alone(event: AnyRoomEvent | RejectedEvent, bindings: Bindings, naming: Naming) -> bool:
    """Whether it may have to do with more than the conversation whose room it comes from."""
    if isinstance(event, RejectedEvent):
        return False
    if isinstance(event, MembershipChanged):
        return naming.is_ours(event.user_id)
    binding = bindings.get(event.room_id)
    if binding is None or binding.kind is RoomKind.CUSTOMER:
        return False
    if isinstance(event, MessageSent):
        return binding.kind is RoomKind.BOT or command_in(event.content) is not None
    return isinstance(event, ReactionSent) and binding.kind is RoomKind.QUEUE
