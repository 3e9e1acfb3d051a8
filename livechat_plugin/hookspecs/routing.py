"""Routing: who gets a session."""

# mypy: disable-error-code="empty-body"

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import Route, RoutingRule
from livechat_plugin.core.sessions import Session
from livechat_plugin.hookspecs.markers import hookspec


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
