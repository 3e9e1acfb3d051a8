"""Message registration: creating records, such as complaints, from a chat."""

# mypy: disable-error-code="empty-body"

from collections.abc import Mapping
from typing import Any

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.sessions import Session
from livechat_plugin.hookspecs.markers import hookspec, patient


@hookspec
def livechat_register_message_apps() -> list[App]:
    """Which apps can operators create items of from a chat (requirement S10)?

    When: at start, and again when apps may have changed. Two apps of one key are an error that stops the start.
    An app without an Account field is left out, and the log says so.

    Returns:
        The apps, such as Complaints.

    Example:
        ```python
        class Complaints(Hook):
            @hookimpl
            def livechat_register_message_apps(self) -> list[App]:
                account = Field("account", "Account", FieldType.ACCOUNT)
                return [App("complaints", "Complaints", (account, Field("text", "Text", FieldType.TEXT)))]
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
@patient(5)
def livechat_choose_registered_item(
    app: App, session: Session, customer: Account, values: Mapping[str, Any], author: str, token: str
) -> Item | None:
    """Create an item from a chat (requirement S20).

    When: before the commit that keeps the registration, and only when the customer's account is connected. It may
    take ten seconds. It may be called again with the same token, after a crash for example, and must then return
    the same item and make no second one.

    May raise `InvalidItem(errors)`, with a reason for each field by its key, or `AppUnavailable(reason)`. Both are
    answers: the operator reads them, and nothing is kept.

    Args:
        app: the app chosen by the operator.
        session: the session it is registered from.
        customer: whose account goes into the Account field.
        values: fields of the item by key.
        author: Matrix id of the operator.
        token: what this registration is recognized by when it is asked for again.

    Returns:
        The item. None: the app is not this hook's; if all abstain the operator is told that nothing stores it.

    Example:
        ```python
        class Register(Hook):
            @hookimpl
            async def livechat_choose_registered_item(
                self, app: App, session: Session, values: Mapping[str, Any]
            ) -> Item | None:
                return Item(app.key, f"session-{session.number}", session.subject, values)
        ```

    Since: 0.1
    """


@hookspec
async def livechat_on_message_registered(item: Item, session: Session, customer: Account) -> None:
    """An item was created from a chat.

    When: after the commit.

    Args:
        item: the new item.
        session: where it comes from.
        customer: whose session it is.

    Example:
        ```python
        class Registered(Hook):
            ids: list[str] = []

            @hookimpl
            async def livechat_on_message_registered(self, item: Item) -> None:
                Registered.ids.append(item.id)
        ```

    Since: 0.1
    """
