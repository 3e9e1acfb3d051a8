"""The routing rules that administrators can choose from, and what can be set about each (requirement S11).

Hooks offer the rules. They are asked here and never inside a unit of work: ask first, then open one and keep what
was checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from livechat_plugin.core.apps import App, Field, InvalidItem
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.hookcalls.answers import Nonsense, checked
from livechat_plugin.services.items import check_values

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """Asks the hooks for rules and their settings."""

    hooks: Hooks

    async def all(self) -> Sequence[RoutingRule]:
        """Every rule that a hook offers."""
        return await self.hooks.register(
            "livechat_register_routing_rules", RoutingRule, lambda rule: rule.name
        )

    async def available(self, account_app: App | None) -> Sequence[RoutingRule]:
        """The rules that a live chat bound to this app, or to none, can have (requirement S16)."""
        return [rule for rule in await self.all() if account_app is not None or not rule.needs_account_app]

    async def settings_fields(self, rule: str, account_app: App | None) -> tuple[Field, ...]:
        """What can be set about a rule, as the questions of a form; nothing for a rule that no hook knows."""
        answer = await self.hooks.choose(
            "livechat_choose_routing_settings", list, rule=rule, account_app=account_app
        )
        try:
            return tuple(_field(entry) for entry in answer or ())
        except Nonsense as error:
            log.warning("a hook answers nonsense about a rule's settings", rule=rule, what=str(error))
            return ()

    async def check(self, rule: str, settings: Mapping[str, Any], account_app: App | None) -> dict[str, Any]:
        """The settings to keep with a live chat.

        Args:
            rule: the rule's name.
            settings: their values by key, as JSON can hold them.
            account_app: the app that the live chat is bound to.

        Raises:
            InvalidLiveChat: there is no such rule, it needs an app, or a setting is refused.
        """
        self._check_rule(rule, await self.all(), account_app)
        fields = await self.settings_fields(rule, account_app)
        try:
            return check_values(fields, settings)
        except InvalidItem as error:
            raise InvalidLiveChat({f"rule_{key}": reason for key, reason in error.errors.items()}) from None

    def _check_rule(self, name: str, rules: Sequence[RoutingRule], account_app: App | None) -> None:
        rule = next((rule for rule in rules if rule.name == name), None)
        if rule is None:
            names = ", ".join(sorted(rule.name for rule in rules))
            raise InvalidLiveChat("rule", f"there is no routing rule {name!r}; there are: {names}")
        if rule.needs_account_app and account_app is None:
            raise InvalidLiveChat("rule", f"{rule.label} needs an app to be bound to the live chat first")


def _field(entry: object) -> Field:
    """A field out of a hook's answer, known to be one."""
    field: Field = checked(entry, Field)
    return field
