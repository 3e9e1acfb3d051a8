"""Session creation: may a session open, what is said first and last, and what is told of it."""

# mypy: disable-error-code="empty-body"

from livechat_plugin.core.content import Content
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import Admission
from livechat_plugin.core.sessions import Priority, Session
from livechat_plugin.hookspecs.markers import hookspec


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
