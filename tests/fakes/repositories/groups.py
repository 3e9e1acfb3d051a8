from collections.abc import Collection

from tests.fakes.stored import Repository


class FakeGroups(Repository):
    async def set_members(self, name: str, members: Collection[str]) -> None:
        self._all.groups[name] = frozenset(members)

    async def names(self) -> frozenset[str]:
        return frozenset(self._all.groups)

    async def members(self, group: str) -> frozenset[str]:
        return self._all.groups.get(group, frozenset())

    async def of(self, user_id: str) -> frozenset[str]:
        return frozenset(name for name, members in self._all.groups.items() if user_id in members)
