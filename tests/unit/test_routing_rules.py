"""Which routing rules a live chat can have, and what can be set about them (requirements S11, S16)."""

from typing import Any

import pytest

from livechat_plugin import AccountFieldMissing, App, Field, FieldType, Hook, HookSettings, hookimpl
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.services.routing_rules import RoutingRules
from tests.unit.test_shipped_hooks import shipped
from tests.unit.wiring import Wiring

CONTACTS = App(
    "contacts",
    "Contacts",
    (
        Field("name", "Name", FieldType.STRING),
        Field("manager", "Manager", FieldType.USER),
        Field("account", "Account", FieldType.ACCOUNT),
    ),
)


@pytest.fixture
def rules() -> RoutingRules:
    return Wiring(shipped("first_response"), shipped("assigned_to")).use_cases.routing_rules


async def test_a_rule_by_the_customers_item_is_offered_where_an_app_is_bound(rules: RoutingRules) -> None:
    assert [rule.name for rule in await rules.available(None)] == ["first_response"]
    assert {rule.label for rule in await rules.available(CONTACTS)} == {"First Response", "Assigned to"}


async def test_the_choice_is_made_of_the_apps_user_fields_author_and_editor_included(
    rules: RoutingRules,
) -> None:
    [field] = await rules.settings_fields("assigned_to", CONTACTS)
    assert (field.label, field.is_required) == ("Assigned to", True)
    assert field.choices == ("manager", "author", "editor")
    assert "manager (Manager), author (Author), editor (Editor)" in field.help
    bare = App("bare", "Bare", ())
    with pytest.raises(AccountFieldMissing):
        bare.account_field()
    assert (await rules.settings_fields("assigned_to", bare))[0].choices == ("author", "editor")


@pytest.mark.parametrize(
    ("rule", "app"), [("first_response", None), ("first_response", CONTACTS), ("unknown", CONTACTS)]
)
async def test_where_nothing_can_be_set_there_are_no_fields(
    rules: RoutingRules, rule: str, app: App | None
) -> None:
    assert await rules.settings_fields(rule, app) == ()


async def test_settings_are_checked(rules: RoutingRules) -> None:
    assert await rules.check("first_response", {}, None) == {}
    assert await rules.check("assigned_to", {"field": "manager"}, CONTACTS) == {"field": "manager"}


@pytest.mark.parametrize(
    ("rule", "settings", "app", "reason"),
    [
        ("assigned_to", {"field": "manager"}, None, "rule: Assigned to needs an app"),
        (
            "assigned_too",
            {},
            CONTACTS,
            "rule: there is no routing rule 'assigned_too'; there are: assigned_to, ",
        ),
        ("assigned_to", {}, CONTACTS, "rule_field: "),
        ("assigned_to", {"field": "name"}, CONTACTS, "rule_field: .*manager"),
        ("assigned_to", {"field": 7}, CONTACTS, "rule_field: "),
        ("assigned_to", {"field": "author", "limit": 3}, CONTACTS, "rule_limit: "),
        ("first_response", {"group": "x"}, None, "rule_group: "),
    ],
)
async def test_wrong_settings_are_refused_with_the_field_and_the_reason(
    rules: RoutingRules, rule: str, settings: dict[str, Any], app: App | None, reason: str
) -> None:
    with pytest.raises(InvalidLiveChat, match=reason):
        await rules.check(rule, settings, app)


class Confused(Hook[HookSettings]):
    @hookimpl
    def livechat_choose_routing_settings(self) -> Any:
        return ["field"]


async def test_fields_that_are_none_count_as_no_answer() -> None:
    assert await RoutingRules(Wiring(Confused(HookSettings())).hooks).settings_fields("any", None) == ()
