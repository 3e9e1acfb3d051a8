"""What was registered from sessions, as the use cases see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.apps import Item
from livechat_plugin.core.links import MessageRegistration


class RegistrationRepository(Protocol):
    """Items created from sessions; each item is registered once."""

    async def add(self, session_number: int, account_id: int, item: Item, author: str, at: datetime) -> bool:
        """Keep that an item was created from a session; False if that is known of the item already.

        Raises:
            ConcurrentChange: there is no such session or account.
        """
        ...

    async def of_item(self, app: str, item_id: str) -> MessageRegistration | None:
        """The registration of an item, if it came from a session."""
        ...

    async def of_account(self, account_id: int, limit: int) -> Sequence[MessageRegistration]:
        """What was registered for an account, in any live chat, the latest first."""
        ...
