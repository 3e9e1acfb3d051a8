"""Routing: who gets a session."""

# mypy: disable-error-code="empty-body"

from livechat_plugin.core.apps import App, Field, Item
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
def livechat_choose_routing_settings(rule: str, account_app: App | None) -> list[Field] | None:
    """What can be set about this routing rule, in a live chat that is bound to this app?

    When: whenever an administrator is about to choose or change a rule, and before its settings are kept. Forms in
    every interface are made of the fields, and values are checked against them.

    Args:
        rule: the rule's name.
        account_app: the app that the live chat is bound to; None if it is bound to none.

    Returns:
        The fields, whose values the live chat keeps in `routing_settings` by key; an empty list if there is
        nothing to set. None: the rule is not this hook's; if all abstain, nothing can be set about it.

    Example:
        ```python
        class Rota(Hook):
            @hookimpl
            def livechat_choose_routing_settings(self, rule: str) -> list[Field] | None:
                if rule != "rota":
                    return None
                return [Field("first", "First in the morning", FieldType.USER, is_required=True)]
        ```

    Since: 0.2
    """


@hookspec(firstresult=True)
def livechat_choose_route(
    session: Session, live_chat: LiveChat, customer: Account, account_app: App | None, item: Item | None
) -> Route | None:
    """Who gets this session?

    When: after admission. The hook looks at `live_chat.routing_rule` and abstains unless the rule is its own.

    Args:
        session: the session, in the state `opening`.
        live_chat: its live chat, with the rule's name and settings.
        customer: who wrote.
        account_app: the app that the live chat is bound to; None if it is bound to none, or no hook offers the
            app any more.
        item: the item of that app that the customer is connected to; None if there is none.

    Returns:
        `OfferToGroup()` or `AssignTo(user_id)`, each with a reason for the session's record if there is one to
        tell. None abstains. If all abstain, or the employee named is not of the live chat, absent or locked, the
        session is offered to the live chat's operators, and its record says why.

    Example:
        ```python
        class AlwaysAnna(Hook):
            @hookimpl
            def livechat_choose_route(self, live_chat: LiveChat) -> Route | None:
                if live_chat.routing_rule != "always_anna":
                    return None
                return AssignTo("@anna:example.org", "Always she")
        ```

    Since: 0.1

    Changed: `account_app` and `item` came with 0.2.
    """
