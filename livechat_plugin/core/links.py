"""What we keep of items that are stored elsewhere: which one an account is connected to, what was registered."""

from dataclasses import dataclass
from datetime import datetime

from livechat_plugin.core.apps import Item


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A customer's account is connected to an item (requirement S19); a later connection takes its place.

    Attributes:
        account_id: the account.
        app: key of the item's app.
        item_id: what the place where the item is stored knows it by.
        title: the item's title at that time; `link` its address, if it has one.
        linked_by: Matrix id of who connected them.
    """

    account_id: int
    app: str
    item_id: str
    title: str
    link: str | None
    linked_by: str
    linked_at: datetime

    def as_item(self) -> Item:
        """What is known of the item when the place where it is stored cannot be asked."""
        return Item(self.app, self.item_id, self.title, link=self.link)


@dataclass(frozen=True, slots=True)
class MessageRegistration:
    """An item was created from a session (requirement S20).

    Attributes:
        id: place in the order; grows with every registration.
        session_number: the session it comes from.
        account_id: whose session it is.
        app: key of the item's app.
        item_id: what the place where the item is stored knows it by.
        title: the item's title at that time; `link` its address, if it has one.
        author: Matrix id of the operator.
    """

    id: int
    session_number: int
    account_id: int
    app: str
    item_id: str
    title: str
    link: str | None
    author: str
    at: datetime
