"""What we keep of items that are stored elsewhere: which one an account is connected to, what was registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from livechat_plugin.core.apps import Item
from livechat_plugin.core.errors import Refused


class NoAccountApp(Refused):
    """The live chat is bound to no app, so there is nothing to connect customers to (requirement S9)."""

    def __init__(self, live_chat: str) -> None:
        super().__init__(
            f"{live_chat} is not bound to an app for customers' data. An administrator can bind it to one."
        )


class NotConnected(Refused):
    """Nothing is registered before the customer's account is connected to an item (requirement S20)."""

    def __init__(self, customer: str) -> None:
        super().__init__(f"{customer} is not connected to an item yet. Connect first: !connect")


class AppNotChosen(Refused):
    """The live chat's operators do not register items of this app (requirement S10)."""

    def __init__(self, app: str, live_chat: str, chosen: Sequence[str]) -> None:
        there_are = f"there are: {', '.join(chosen)}" if chosen else "an administrator can choose some"
        super().__init__(f"{live_chat} does not register items of an app {app!r}; {there_are}.")


class NotServing(Refused):
    """Only who serves a session, and supervisors, work with its customer's data."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Only the operator of session #{number} or a supervisor can do this. Take it with !take."
        )


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
