"""The ghosts that are operators as customers see them, as the use cases see them."""

from typing import Protocol

from livechat_plugin.core.operator_names import OperatorGhost


class OperatorGhostRepository(Protocol):
    """One ghost for each operator whose name was ever shown."""

    async def of(self, user_id: str) -> OperatorGhost:
        """The ghost of an operator; made if there is none."""
        ...

    async def find(self, user_id: str) -> OperatorGhost | None:
        """The ghost of an operator, if there is one."""
        ...

    async def save(self, ghost: OperatorGhost) -> None:
        """Keep the name and the picture that it was given."""
        ...
