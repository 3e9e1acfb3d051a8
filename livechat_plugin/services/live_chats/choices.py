"""What can be chosen in the form of a live chat, and why some of it cannot (requirements S9, S10, S11, S16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from livechat_plugin.core.apps import App, Field
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.live_chats.fields import RULE_PREFIX
from livechat_plugin.services.routing_rules import RoutingRules

WITHOUT_ACCOUNT = "has no field of the type Account"
NEEDS_APP = "needs an app to be bound first"
NOT_OFFERED = "is offered by no hook now"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen.

    Attributes:
        obstacle: why it cannot be chosen, in words that follow its name; empty if it can.
    """

    key: str
    name: str
    description: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """All that can be chosen, in the order of names.

    Attributes:
        settings: what can be set about the chosen rule; each key begins with `rule_`.
    """

    account_apps: Sequence[Choice]
    message_apps: Sequence[Choice]
    rules: Sequence[Choice]
    settings: Sequence[Field]

    def rule(self, name: str) -> Choice:
        """The rule of this name, offered or not."""
        return next((one for one in self.rules if one.key == name), Choice(name, name, obstacle=NOT_OFFERED))


@dataclass(frozen=True, slots=True)
class Choosing:
    """Asks hooks, so it is used outside of units of work only."""

    catalogue: AppCatalogue
    rules: RoutingRules

    async def choices(self, account_app: str | None, message_apps: Sequence[str], rule: str) -> Choices:
        """Everything that can be chosen, and what is chosen now even if it could not be any more.

        Args:
            account_app: what is chosen to be bound, on which rules and their settings depend.
            message_apps: what is chosen to be registered.
            rule: what is chosen as the routing rule, on which its settings depend.
        """
        account, message = await self.catalogue.account_apps(), await self.catalogue.message_apps()
        left_out = self.catalogue.known.left_out
        app = next((app for app in account if app.key == account_app), None)
        offered = {one.name: one for one in await self.rules.all()}
        return Choices(
            _apps(account, left_out, [account_app] if account_app else []),
            _apps(message, left_out, message_apps),
            [
                Choice(
                    one.name,
                    one.label,
                    one.description,
                    NEEDS_APP if one.needs_account_app and app is None else "",
                )
                for one in offered.values()
            ],
            [
                replace(one, key=f"{RULE_PREFIX}{one.key}")
                for one in await self.rules.settings_fields(rule, app)
            ],
        )


def _apps(apps: Sequence[App], left_out: Mapping[str, str], chosen: Sequence[str]) -> Sequence[Choice]:
    offered = [Choice(app.key, app.name) for app in apps]
    known = {app.key for app in apps} | set(left_out)
    return [
        *offered,
        *(Choice(key, name, obstacle=WITHOUT_ACCOUNT) for key, name in left_out.items()),
        *(Choice(key, key, obstacle=NOT_OFFERED) for key in chosen if key not in known),
    ]
