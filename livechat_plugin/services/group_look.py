"""Looking at the rooms that a group follows: coming into them, and reading who is in them.

Only people of this homeserver count: who comes from another one is an external customer, allowed by pattern or not
at all, and no room that they come into lets them in (requirement S4).
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused, InvalidGroup, RoomNotJoined
from livechat_plugin.core.groups import MAX_DEPTH, MAX_SPACES, Group, GroupSource, find_loop
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.ports import Homeserver, RoomView


@dataclass(frozen=True, slots=True)
class Looked:
    """What a group's room amounts to.

    Attributes:
        name: how the room is called.
        rooms: the rooms that make up the group, each with the space above it.
        members: the people of this homeserver in each of them that was not known.
        unseen: rooms in its spaces of which nobody tells us whether they are spaces.
        troubles: what administrators must know: what was left out, and the way out.
        awaited: rooms that we would follow, too, if somebody invited us.
    """

    name: str
    rooms: Mapping[str, str | None]
    members: Mapping[str, frozenset[str]]
    unseen: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """Everybody in the group."""
        return frozenset().union(*self.members.values())


@dataclass(slots=True)
class _Tree:
    """A tree of spaces while it is being walked."""

    views: dict[str, RoomView]
    parents: dict[str, str | None]
    below: dict[str, list[str]] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)
    troubles: list[InvalidGroup] = field(default_factory=list)

    def called(self, room_id: str) -> str:
        view = self.views.get(room_id)
        return wording.room_called(view.name if view else None, room_id)

    def depth(self, space: str | None) -> int:
        depth = 0
        while space is not None and (space := self.parents[space]) is not None:
            depth += 1
        return depth


@dataclass(frozen=True, slots=True)
class GroupLook:
    """Asks the homeserver; never within a unit of work."""

    homeserver: Homeserver
    naming: Naming

    async def look(self, group: Group, *, is_strict: bool, known: Collection[str] = ()) -> Looked:
        """Come into the rooms of a group and read who is in them.

        Args:
            group: one that follows a room; its `room` is the room's id.
            is_strict: whether anything amiss is an error, as when a group is made. Otherwise what cannot be
                followed is left out and told in `troubles`: a loop is cut, and the walk always ends.
            known: rooms that are followed already: their members are known, and not asked for again.

        Raises:
            InvalidGroup: we cannot come into the room, or, if strict, something is amiss below it.
            HomeserverUnavailable: it may succeed later.
        """
        room_id = group.room or ""
        view = await self._enter(room_id)
        name = wording.room_called(view.name, room_id)
        if group.source is not GroupSource.UNIT:
            members = {} if room_id in known else {room_id: await self.members(room_id)}
            return Looked(name, {room_id: None}, members)
        if not view.is_space:
            raise InvalidGroup("room", wording.not_a_space(name))
        tree = await self._walk(view)
        if is_strict and tree.troubles:
            raise tree.troubles[0]
        members = {space: await self.members(space) for space in tree.parents if space not in known}
        troubles = tuple(error.reason for error in tree.troubles)
        closed = [error.room_id for error in tree.troubles if isinstance(error, RoomNotJoined)]
        return Looked(name, tree.parents, members, tuple(tree.unseen), troubles, (*closed, *tree.unseen))

    async def members(self, room_id: str) -> frozenset[str]:
        """The people of this homeserver in a room that we are in."""
        inside = await self.homeserver.members(room_id, self.naming.bot)
        return frozenset(user for user in inside if self.counts(user))

    def counts(self, user_id: str) -> bool:
        """Whether somebody's being in a room makes them a member of its groups."""
        return self.naming.is_local(user_id) and not self.naming.is_ours(user_id)

    async def resolve(self, address: str) -> str:
        """The id of a room by its id or alias, as somebody wrote it.

        Raises:
            InvalidGroup: there is none.
        """
        address = address.strip()
        if address[:1] not in {"!", "#"}:
            raise InvalidGroup("room", f"{address!r} is neither an alias such as #sales:… nor a room id (!…)")
        try:
            return await self.homeserver.resolve(address)
        except HomeserverRefused as error:
            raise InvalidGroup("room", wording.no_such_room(address)) from error

    async def _enter(self, room_id: str) -> RoomView:
        try:
            await self.homeserver.join(room_id, self.naming.bot)
            return await self.homeserver.look(room_id, self.naming.bot)
        except HomeserverRefused as error:
            raise RoomNotJoined(room_id, wording.room_closed_to_us(room_id, self.naming.bot)) from error

    async def _walk(self, root: RoomView) -> _Tree:
        """Every space below, each once, by levels; so it ends also where spaces stand in a circle."""
        tree = _Tree({root.room_id: root}, {root.room_id: None})
        waiting = deque([root])
        while waiting:
            space = waiting.popleft()
            spaces = tree.below.setdefault(space.room_id, [])
            for child in space.children:
                if child.is_space is None:
                    tree.unseen.append(child.room_id)
                elif child.is_space:
                    spaces.append(child.room_id)
                    if child.room_id not in tree.parents and (
                        entered := await self._below(tree, space, child.room_id)
                    ):
                        waiting.append(entered)
        if (loop := find_loop(tree.below, root.room_id)) is not None:
            reason = wording.loop_of_spaces(tree.called(loop[0]), tree.called(loop[1]))
            tree.troubles.insert(0, InvalidGroup("room", reason))
        return tree

    async def _below(self, tree: _Tree, space: RoomView, child: str) -> RoomView | None:
        if tree.depth(space.room_id) + 1 >= MAX_DEPTH or len(tree.parents) >= MAX_SPACES:
            reason = wording.too_many_spaces(tree.called(space.room_id), MAX_DEPTH, MAX_SPACES)
            tree.troubles.append(InvalidGroup("room", reason))
            return None
        try:
            view = await self._enter(child)
        except InvalidGroup as error:
            tree.troubles.append(error)
            return None
        tree.views[child] = view
        tree.parents[child] = space.room_id
        return view
