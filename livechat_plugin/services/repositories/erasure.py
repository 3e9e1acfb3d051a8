"""What is kept of one customer, found and deleted wherever it stands, as the use cases see it (requirement E18)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.conversations import Account
from livechat_plugin.services.files_said import Said


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item that holds a customer's account: of our own database, or one that another hook keeps."""

    app: str
    item_id: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What belongs to a customer besides rows that are simply deleted.

    Attributes:
        sessions: numbers of their sessions.
        since: when the first of them was opened.
        items: what they are connected to, what holds their account, and what was registered for them.
        named_in: what administrators wrote down: "group vips", "live chat support".
        is_employee: whether the plugin knows them as an employee, too.
        space: their space "Live chats", if it was made.
    """

    sessions: Collection[int]
    since: datetime | None
    items: Sequence[KeptItem]
    named_in: Sequence[str]
    is_employee: bool
    space: str | None


class ErasureRepository(Protocol):
    """Everything of one customer. Whatever may be much is done in parts."""

    async def account(self, account_id: int) -> Account | None:
        """The account with this id."""
        ...

    async def find(self, external_id: str) -> Sequence[Account]:
        """The accounts with this id, on any network."""
        ...

    async def surroundings(self, account: Account) -> Surroundings:
        """What is around their rows."""
        ...

    async def count(self, account: Account) -> Mapping[str, int]:
        """How many rows are theirs, by table."""
        ...

    async def is_owed(self, account: Account) -> bool:
        """Whether something is still on its way in their conversations, now and not at some later time."""
        ...

    async def contents(self, account: Account, after: int, limit: int) -> tuple[Sequence[Said], int | None]:
        """Some of what was said in their conversations, from the first after an id; what cannot be read is left out.

        Returns:
            With it, the id to go on after; None after the last.
        """
        ...

    async def delete_messages(self, account: Account, limit: int) -> int:
        """Forget some of what was said, the latest first; returns how much that was."""
        ...

    async def disguise_audit(self, account: Account, pseudonym: str, after: int, limit: int) -> int | None:
        """Put the pseudonym in their place, in the next entries of the audit log after an id.

        Returns:
            The id to go on after; None after the last entry.
        """
        ...

    async def delete_item(self, item: KeptItem) -> None:
        """Forget an item of our own database."""
        ...

    async def delete_rest(self, account: Account) -> Mapping[str, int]:
        """Forget everything else, and the account; returns how many rows that were, by table."""
        ...
