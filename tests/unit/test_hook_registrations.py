"""What hooks register at the start: joined, and every mistake told under the hook's name."""

import pytest

from livechat_plugin import App, Field, FieldType, Hook, HookSettings, RoutingRule, hookimpl
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from tests.unit.test_hookcalls import named


class Registrar(Hook[HookSettings]):
    def __init__(self, answer: object) -> None:
        super().__init__(HookSettings())
        self.answer = answer

    @hookimpl
    def livechat_register_routing_rules(self) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def rule(name: str) -> RoutingRule:
    return RoutingRule(name, name.title(), "")


async def register(**answers: object) -> list[str]:
    hooks = Hooks(named(**{name: Registrar(answer) for name, answer in answers.items()}))
    rules = await hooks.register("livechat_register_routing_rules", RoutingRule, lambda rule: rule.name)
    return sorted(rule.name for rule in rules)


async def test_what_hooks_register_is_joined() -> None:
    assert await register(a=[rule("one")], b=[rule("two"), rule("three")], c=[]) == ["one", "three", "two"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"a": [rule("one")], "b": [rule("one")]}, "'one' is registered already by another hook"),
        ({"a": [rule("one"), rule("one")]}, "'one' is registered already"),
        ({"a": None}, "must return a list of RoutingRule"),
        ({"a": ["one"]}, "must return a list of RoutingRule"),
        ({"a": ValueError("no disk")}, "failed: ValueError: no disk"),
    ],
)
async def test_a_wrong_registration_stops_the_start_and_names_the_hook(
    answers: dict[str, object], reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason) as error:
        await register(**answers)
    assert error.value.key == "hooks.a"


def test_an_app_without_an_account_field_cannot_be_bound() -> None:
    with pytest.raises(Exception, match="has no field of the type Account"):
        App("contacts", "Contacts", (Field("name", "Name", FieldType.STRING),)).account_field()
    account = Field("account", "Account", FieldType.ACCOUNT)
    assert App("contacts", "Contacts", (account,)).account_field() is account
