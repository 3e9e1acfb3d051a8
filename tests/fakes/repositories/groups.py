from collections.abc import Collection, Mapping, Sequence

from livechat_plugin.core.errors import GroupExists
from livechat_plugin.core.groups import Group
from tests.fakes.stored import Repository


class FakeGroups(Repository):
    async def add(self, group: Group) -> None:
        if group.name in self._all.groups:
            raise GroupExists(group.name)
        self._all.group_records[group.name] = group
        self._all.groups[group.name] = frozenset()

    async def save(self, group: Group) -> None:
        self._all.group_records[group.name] = group

    async def get(self, name: str) -> Group | None:
        return self._all.group_records.get(name, Group(name)) if name in self._all.groups else None

    async def all(self) -> Sequence[Group]:
        found = [self._all.group_records.get(name, Group(name)) for name in self._all.groups]
        return sorted(found, key=lambda group: (group.name.casefold(), group.name))

    async def delete(self, name: str) -> None:
        for table in (self._all.groups, self._all.group_records, self._all.group_rooms):
            table.pop(name, None)

    async def set_members(self, name: str, members: Collection[str]) -> None:
        self._all.groups[name] = frozenset(members)

    async def names(self) -> frozenset[str]:
        return frozenset(self._all.groups)

    async def members(self, group: str) -> frozenset[str]:
        rooms = self._all.group_rooms.get(group, {})
        return self._all.groups.get(group, frozenset()).union(
            *(self._all.room_members.get(room_id, ()) for room_id in rooms)
        )

    async def of(self, user_id: str) -> frozenset[str]:
        return frozenset([name for name in self._all.groups if user_id in await self.members(name)])

    async def rooms(self, name: str) -> Mapping[str, str | None]:
        return dict(self._all.group_rooms.get(name, {}))

    async def set_rooms(self, name: str, rooms: Mapping[str, str | None]) -> None:
        self._all.group_rooms[name] = dict(rooms)

    async def following(self, room_id: str) -> frozenset[str]:
        return frozenset(name for name, rooms in self._all.group_rooms.items() if room_id in rooms)

    async def followed(self) -> frozenset[str]:
        return frozenset(room_id for rooms in self._all.group_rooms.values() for room_id in rooms)
