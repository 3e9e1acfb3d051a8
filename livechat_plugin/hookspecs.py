"""The hooks: every behaviour of the plugin that can be switched, replaced or added.

Three kinds, told apart by their names:

- `livechat_register_…` is asked once at start and returns a list; the lists are joined and duplicates refused.
- `livechat_choose_…` is asked in turn; the first answer other than None wins and the rest are not asked.
  Third-party hooks are asked before the ones that ship, `tryfirst` and `trylast` work as in pluggy.
- `livechat_on_…` is told afterwards, once what it tells of is committed; what it returns is ignored.

An implementation is a method of a `Hook`, plain or `async`. It has a time limit. Plain ones run in a thread, so
they may block; an `async` one that blocks instead of awaiting stops the whole plugin, and nothing can prevent it.
One that raises, exceeds the limit or answers with a wrong type, also in a field of its answer, is logged under its
hook's name and counts as having abstained; one that still hangs from an earlier call is not called again before
that ends. After repeated failures of a method, that method is left out until the next start. All arguments are
frozen core types. An implementation takes the arguments it needs and leaves out the others.
"""

# pyright: reportReturnType=false
# mypy: disable-error-code="empty-body"

from collections.abc import Mapping
from typing import Any

import pluggy

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.content import Content
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import Admission, Route, RoutingRule
from livechat_plugin.core.sessions import Priority, Session

PROJECT = "livechat"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# --- session creation ---------------------------------------------------------------------------------------


@hookspec(firstresult=True)
def livechat_choose_admission(
    session: Session, live_chat: LiveChat, customer: Account, first_message: Content
) -> Admission | None:
    """May this session open?

    When: after the customer's first message is stored and acknowledged, before anybody sees the session's card.
    Not asked for later messages of the same session, nor when access was refused already (S3).

    Args:
        session: the session, in the state `opening`.
        live_chat: the live chat written to.
        customer: who wrote.
        first_message: what they wrote.

    Returns:
        `Admit()`, or `Refuse(words)` to close the session and tell the customer the words. None abstains; if all
        abstain the session opens.

    Example:
        ```python
        class NoLinks(Hook):
            @hookimpl
            def livechat_choose_admission(self, first_message: Content) -> Admission | None:
                if "http" in preview(first_message):
                    return Refuse("Please tell us in your own words what you need.")
                return None
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
def livechat_choose_priority(session: Session, live_chat: LiveChat, customer: Account) -> Priority | None:
    """How urgent is a new session?

    When: together with the greeting and the route, after admission.

    Args:
        session: the session, in the state `opening`.
        live_chat: the live chat written to.
        customer: who wrote.

    Returns:
        A `Priority`. None abstains; if all abstain it is not set.

    Example:
        ```python
        class ImportantCustomers(Hook):
            @hookimpl
            def livechat_choose_priority(self, customer: Account) -> Priority | None:
                return Priority.HIGH if customer.external_id.endswith(":example.org") else None
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
def livechat_choose_greeting(session: Session, live_chat: LiveChat, customer: Account) -> str | None:
    """What does the customer read first?

    When: after admission, before the session's card appears. The words are delivered like any message.

    Args:
        session: the session, in the state `opening`.
        live_chat: the live chat written to.
        customer: who wrote.

    Returns:
        The words, or "" for silence. None abstains; if all abstain nothing is said.

    Example:
        ```python
        class Hello(Hook):
            @hookimpl
            def livechat_choose_greeting(self, live_chat: LiveChat, customer: Account) -> str:
                return f"Hello {customer.display_name}, this is {live_chat.name}."
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
def livechat_choose_farewell(session: Session, live_chat: LiveChat, customer: Account) -> str | None:
    """What does the customer read when the session is closed?

    When: after the close is committed. Not asked when the session was refused.

    Args:
        session: the closed session.
        live_chat: its live chat.
        customer: whose session it was.

    Returns:
        The words, or "" for silence. None abstains; if all abstain nothing is said.

    Example:
        ```python
        class Goodbye(Hook):
            @hookimpl
            async def livechat_choose_farewell(self, session: Session) -> str:
                return f"Your request #{session.number} is closed. Write again at any time."
        ```

    Since: 0.1
    """


@hookspec
async def livechat_on_session_opened(session: Session, live_chat: LiveChat, customer: Account) -> None:
    """A session was admitted and routed.

    When: after the commit; the session is `waiting` or already `active`. Told at most once.

    Args:
        session: the session as committed.
        live_chat: its live chat.
        customer: who wrote.

    Example:
        ```python
        class CountSessions(Hook):
            opened = 0

            @hookimpl
            async def livechat_on_session_opened(self) -> None:
                CountSessions.opened += 1
        ```

    Since: 0.1
    """


@hookspec
async def livechat_on_session_assigned(session: Session, live_chat: LiveChat, customer: Account) -> None:
    """An operator took a session or was given it.

    When: after the commit; `session.operator` is the winner. Told at most once for each assignment.

    Args:
        session: the active session.
        live_chat: its live chat.
        customer: whose session it is.

    Example:
        ```python
        class LastOperator(Hook):
            operator: str | None = None

            @hookimpl
            async def livechat_on_session_assigned(self, session: Session) -> None:
                LastOperator.operator = session.operator
        ```

    Since: 0.1
    """


@hookspec
async def livechat_on_session_closed(session: Session, live_chat: LiveChat, customer: Account) -> None:
    """A session ended.

    When: after the commit, also for refused sessions (`session.outcome` tells why). Told at most once.

    Args:
        session: the closed session.
        live_chat: its live chat.
        customer: whose session it was.

    Example:
        ```python
        class Closed(Hook):
            numbers: list[int] = []

            @hookimpl
            async def livechat_on_session_closed(self, session: Session) -> None:
                Closed.numbers.append(session.number)
        ```

    Since: 0.1
    """


# --- routing ------------------------------------------------------------------------------------------------


@hookspec
def livechat_register_routing_rules() -> list[RoutingRule]:
    """Which routing rules does this hook offer to administrators?

    When: once at start. Two rules of one name are an error that stops the start.

    Returns:
        The rules; a live chat names one of them, and `livechat_choose_route` carries it out.

    Example:
        ```python
        class NightShift(Hook):
            @hookimpl
            def livechat_register_routing_rules(self) -> list[RoutingRule]:
                return [RoutingRule("night_shift", "Night shift", "Everything goes to the night shift.")]
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
def livechat_choose_route(session: Session, live_chat: LiveChat, customer: Account) -> Route | None:
    """Who gets this session?

    When: after admission. The hook looks at `live_chat.routing_rule` and abstains unless the rule is its own.

    Args:
        session: the session, in the state `opening`.
        live_chat: its live chat, with the rule's name and settings.
        customer: who wrote.

    Returns:
        `OfferToGroup()` or `AssignTo(user_id)`. None abstains; if all abstain, or the employee named is unknown,
        the session is offered to the live chat's operators.

    Example:
        ```python
        class AlwaysAnna(Hook):
            @hookimpl
            def livechat_choose_route(self, live_chat: LiveChat) -> Route | None:
                if live_chat.routing_rule != "always_anna":
                    return None
                return AssignTo("@anna:example.org")
        ```

    Since: 0.1
    """


# --- account linking ----------------------------------------------------------------------------------------


@hookspec
def livechat_register_account_apps() -> list[App]:
    """Which apps can a live chat be bound to, to keep its customers' data (requirement S9)?

    When: once at start. Two apps of one key are an error; so is an app without an Account field.

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

    When: whenever customer information is shown, and before routing by a field of the item.

    Args:
        app: the app that the live chat is bound to.
        customer: the customer's account.

    Returns:
        The item whose Account field holds the account. None: this hook knows of none.

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
def livechat_choose_account_candidates(app: App, query: str) -> list[Item] | None:
    """Which items could this customer be? Asked when an operator connects an account (requirement S19).

    When: at the operator's search. Nothing is changed yet.

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
def livechat_choose_linked_item(
    app: App, customer: Account, item_id: str | None, values: Mapping[str, Any], author: str
) -> Item | None:
    """Connect the account: to an existing item, or to a new one made of the values (requirement S19).

    When: before the commit that keeps the link. It may be called again for the same account and item after a
    crash, and must then return the same item.

    Args:
        app: the app that the live chat is bound to.
        customer: the account to write into the item's Account field.
        item_id: the existing item, or None for a new one.
        values: fields of the new item by key.
        author: Matrix id of the operator who does it.

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


# --- message registration -----------------------------------------------------------------------------------


@hookspec
def livechat_register_message_apps() -> list[App]:
    """Which apps can operators create items of from a chat (requirement S10)?

    When: once at start. Two apps of one key are an error; so is an app without an Account field.

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
def livechat_choose_registered_item(
    app: App, session: Session, customer: Account, values: Mapping[str, Any], author: str
) -> Item | None:
    """Create an item from a chat (requirement S20).

    When: before the commit that keeps the registration, and only when the customer's account is connected. It
    may be called again for the same session and values after a crash, and must then return the same item.

    Args:
        app: the app chosen by the operator.
        session: the session it is registered from.
        customer: whose account goes into the Account field.
        values: fields of the item by key.
        author: Matrix id of the operator.

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
