"""The rooms in which something of a customer stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.traces import Trace
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """One room.

    Attributes:
        owner: our user who looks into it.
        ghosts: ours that are in it because of this customer; empty where others are served, too.
        is_our_own: whether we made it for them, so that everything in it may go.
        customer_ghost: the ghost that was the customer there.
        space: the live chat's space, which may show it.
    """

    room_id: str
    owner: str
    ghosts: tuple[str, ...] = ()
    is_our_own: bool = False
    customer_ghost: str | None = None
    space: str | None = None

    @property
    def is_shared(self) -> bool:
        """Whether others are served there, so that it stays."""
        return not self.ghosts

    def is_ours_to_erase(self, trace: Trace, named: re.Pattern[str], naming: Naming) -> bool:
        """Whether an event is one of the customer's traces that we left, or have the right to take away."""
        if self.is_our_own:
            return True
        is_ours = naming.is_ours(trace.sender)
        return is_ours and (not self.is_shared or named.search(trace.text) is not None)


async def places_of(work: UnitOfWork, naming: Naming, account: Account) -> Sequence[Place]:
    """The rooms of a customer, in an order that stays the same while their rows are there."""
    places: list[Place] = []
    for known in await work.conversations.of_customer(account.network, account.external_id):
        view = await work.conversations.view(known.id)
        chat, room = view.live_chat, known.session_room
        ghost = naming.live_chat(chat.slug)
        if room is not None:
            customer = naming.customer(chat.slug, room.id)
            if room.room_id is not None:
                made = Place(
                    room.room_id,
                    ghost,
                    (customer, ghost),
                    is_our_own=True,
                    customer_ghost=customer,
                    space=chat.space,
                )
                places.append(made)
        if known.customer_room is not None:
            ghosts = (known.shown_ghost, ghost) if known.shown_ghost is not None else (ghost,)
            places.append(Place(known.customer_room, ghost, ghosts))
        shared = (chat.queue_room, chat.supervisors_room)
        places += [Place(room_id, ghost) for room_id in shared if room_id is not None]
    space = (await work.erasure.surroundings(account)).space
    if space is not None:
        places.append(Place(space, naming.bot, (naming.bot,), is_our_own=True))
    return places
