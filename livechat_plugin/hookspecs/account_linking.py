"""Account linking: which customer stands behind an account."""

# mypy: disable-error-code="empty-body"

from collections.abc import Mapping
from typing import Any

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.hookspecs.markers import hookspec, patient


@hookspec
def livechat_register_account_apps() -> list[App]:
    """Which apps can a live chat be bound to, to keep its customers' data (requirement S9)?

    When: at start, and again when apps may have changed. Two apps of one key are an error that stops the start.
    An app without an Account field is left out, and the log says so.

    Returns:
        The apps.

    Example:
        ```python
        class Contacts(Hook):
            @hookimpl
            def livechat_register_account_apps(self) -> list[App]:
                account = Field("account", "Account", FieldType.ACCOUNT)
                return [App("contacts", "Contacts", (Field("name", "Name", FieldType.STRING), account))]
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
def livechat_choose_account_item(app: App, customer: Account) -> Item | None:
    """Which item of the app is this customer connected to?

    When: whenever customer information is shown, when a session opens, and before routing by a field of the item.
    May raise `AppUnavailable` when the place where items are stored cannot be reached.

    Args:
        app: the app that the live chat is bound to.
        customer: the customer's account.

    Returns:
        The item whose Account field holds the account. None: this hook knows of none. Without an answer, the item
        that an operator connected last counts, with its title and link alone.

    Example:
        ```python
        class OneContact(Hook):
            @hookimpl
            async def livechat_choose_account_item(self, app: App, customer: Account) -> Item | None:
                return Item(app.key, "1", customer.display_name) if app.key == "contacts" else None
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
@patient(5)
def livechat_choose_account_candidates(app: App, query: str) -> list[Item] | None:
    """Which items could this customer be? Asked when an operator connects an account (requirement S19).

    When: at the operator's search. Nothing is changed yet. It may take ten seconds, and may raise `AppUnavailable`.

    Args:
        app: the app that the live chat is bound to.
        query: what the operator typed.

    Returns:
        Items, best first. None: the app is not this hook's.

    Example:
        ```python
        class Search(Hook):
            @hookimpl
            async def livechat_choose_account_candidates(self, app: App, query: str) -> list[Item] | None:
                return [Item(app.key, "1", f"{query} Ltd.")] if app.key == "contacts" else None
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
@patient(5)
def livechat_choose_linked_item(
    app: App, customer: Account, item_id: str | None, values: Mapping[str, Any], author: str, token: str
) -> Item | None:
    """Connect the account: to an existing item, or to a new one made of the values (requirement S19).

    When: before the commit that keeps the link. It may take ten seconds. It may be called again with the same
    token, after a crash for example, and must then return the same item and make no second one.

    May raise `InvalidItem(errors)`, with a reason for each field by its key (`item_id` for the item itself), or
    `AppUnavailable(reason)`. Both are answers: the operator reads them, and nothing is kept.

    Args:
        app: the app that the live chat is bound to.
        customer: the account to write into the item's Account field.
        item_id: the existing item, or None for a new one.
        values: fields of the new item by key.
        author: Matrix id of the operator who does it.
        token: what this connection is recognized by when it is asked for again.

    Returns:
        The item with the account in its Account field. None: the app is not this hook's; if all abstain the
        operator is told that nothing stores this app.

    Example:
        ```python
        class Store(Hook):
            @hookimpl
            async def livechat_choose_linked_item(
                self, app: App, item_id: str | None, values: Mapping[str, Any]
            ) -> Item | None:
                return Item(app.key, item_id or "new", str(values.get("name", "")), values)
        ```

    Since: 0.1
    """


@hookspec
async def livechat_on_account_linked(item: Item, customer: Account, live_chat: LiveChat) -> None:
    """A customer's account was connected to an item.

    When: after the commit.

    Args:
        item: the item as returned by `livechat_choose_linked_item`.
        customer: the connected account.
        live_chat: where it was done.

    Example:
        ```python
        class Linked(Hook):
            titles: list[str] = []

            @hookimpl
            async def livechat_on_account_linked(self, item: Item) -> None:
                Linked.titles.append(item.title)
        ```

    Since: 0.1
    """
