"""First Response: the first operator of the group who takes a session gets it (requirement S15)."""

from livechat_plugin import Field, Hook, HookSettings, LiveChat, OfferToGroup, Route, RoutingRule, hookimpl

RULE = "first_response"


class FirstResponse(Hook[HookSettings]):
    """Offers each new session to the live chat's operators, who see its card and take it."""

    @hookimpl
    def livechat_register_routing_rules(self) -> list[RoutingRule]:
        """The rule that live chats have by default."""
        description = "The session goes to the first operator of the group who takes it."
        return [RoutingRule(RULE, "First Response", description)]

    @hookimpl
    def livechat_choose_routing_settings(self, rule: str) -> list[Field] | None:
        """Nothing to set: the group is the live chat's operators."""
        return [] if rule == RULE else None

    @hookimpl
    async def livechat_choose_route(self, live_chat: LiveChat) -> Route | None:
        """Everybody in the operators' group sees the card."""
        return OfferToGroup() if live_chat.routing_rule == RULE else None
