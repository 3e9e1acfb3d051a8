"""Assigned to: the employee named in a field of the customer's item gets the session (requirement S16)."""

from livechat_plugin import (
    App,
    AssignTo,
    Field,
    FieldType,
    Hook,
    HookSettings,
    Item,
    LiveChat,
    OfferToGroup,
    Route,
    RoutingRule,
    hookimpl,
)

RULE = "assigned_to"
FIELD = "field"


class AssignedTo(Hook[HookSettings]):
    """Gives each new session to the employee who looks after the customer, as the customer's item says.

    Where nobody is found, it is offered to the live chat's operators, and the session's record says why.
    """

    @hookimpl
    def livechat_register_routing_rules(self) -> list[RoutingRule]:
        """The rule, for live chats that are bound to an app."""
        description = "The session goes to the employee in a field of the customer's item."
        return [RoutingRule(RULE, "Assigned to", description, needs_account_app=True)]

    @hookimpl
    def livechat_choose_routing_settings(self, rule: str, account_app: App | None) -> list[Field] | None:
        """Which of the app's fields names the employee."""
        if rule != RULE or account_app is None:
            return None
        fields = account_app.user_fields()
        named = ", ".join(f"{field.key} ({field.label})" for field in fields)
        return [
            Field(
                FIELD,
                "Assigned to",
                FieldType.CHOICE,
                is_required=True,
                choices=tuple(field.key for field in fields),
                help=f"The field of {account_app.name} that names the employee: {named}.",
            )
        ]

    @hookimpl
    def livechat_choose_route(
        self, live_chat: LiveChat, account_app: App | None, item: Item | None
    ) -> Route | None:
        """The employee in the field; the operators if there is none."""
        if live_chat.routing_rule != RULE:
            return None
        if account_app is None:
            return OfferToGroup("No app with customers' data is bound")
        key = live_chat.routing_settings.get(FIELD)
        field = next((field for field in account_app.user_fields() if field.key == key), None)
        if field is None:
            return OfferToGroup(f"{account_app.name} has no user field {key!r}")
        if item is None:
            return OfferToGroup(f"The customer is not connected to an item of {account_app.name}")
        return _route(field, item)


def _route(field: Field, item: Item) -> Route:
    what, value = f"{field.label} of {item.title}", item.value(field.key)
    if not value and not item.values and item.author is None:
        # Nothing but its title: it is known to be connected, and the place where it is stored cannot be asked.
        return OfferToGroup(f"{item.title} cannot be read now")
    if not value:
        return OfferToGroup(f"{what} is empty")
    if not isinstance(value, str) or not value.startswith("@") or ":" not in value:
        return OfferToGroup(f"{what} is not a Matrix id")
    return AssignTo(value, what)
