from livechat_plugin.core.operator_names import OperatorGhost
from tests.fakes.stored import Repository


class FakeOperatorGhosts(Repository):
    async def of(self, user_id: str) -> OperatorGhost:
        ghost = await self.find(user_id)
        if ghost is None:
            ghost = OperatorGhost(self._all.next_id("operator_ghosts"), user_id)
            self._all.operator_ghosts[ghost.id] = ghost
        return ghost

    async def find(self, user_id: str) -> OperatorGhost | None:
        return next((ghost for ghost in self._all.operator_ghosts.values() if ghost.user_id == user_id), None)

    async def save(self, ghost: OperatorGhost) -> None:
        if ghost.id in self._all.operator_ghosts:
            self._all.operator_ghosts[ghost.id] = ghost
