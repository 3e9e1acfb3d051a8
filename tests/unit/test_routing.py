"""Who gets a new session, and why in its record (requirements S15, S16, S17)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from livechat_plugin import (
    App,
    AssignTo,
    Field,
    FieldType,
    Hook,
    HookSettings,
    Item,
    OfferToGroup,
    Route,
    SessionState,
    hookimpl,
    preview,
)
from livechat_plugin.core.employees import Absence, AccountState, OperatorStatus
from livechat_plugin.core.errors import HomeserverUnavailable
from tests.fakes.faults import refusal
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, MALLORY, SAM, Desk
from tests.unit.test_shipped_hooks import shipped

CONTACTS = App(
    "contacts",
    "Contacts",
    (Field("manager", "Manager", FieldType.USER), Field("account", "Account", FieldType.ACCOUNT)),
)


class Contacts(Hook[HookSettings]):
    """The customers' data, with an item that the test sets."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__(HookSettings())
        self.item = item

    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        return [CONTACTS]

    @hookimpl
    def livechat_choose_account_item(self) -> Item | None:
        return self.item


def item(**values: Any) -> Item:
    return Item("contacts", "1", "Acme Ltd.", values, author=ANNA, editor=SAM)


@pytest.fixture
def contacts() -> Contacts:
    return Contacts(item(manager=BORIS))


@pytest.fixture
async def desk(contacts: Contacts) -> AsyncIterator[Desk]:
    async with Desk(shipped("assigned_to"), shipped("first_response"), contacts).working() as desk:
        await desk.set_up()
        settings = {"field": "manager"}
        desk.change_live_chat(routing_rule="assigned_to", routing_settings=settings, account_app="contacts")
        yield desk


async def let(desk: Desk, user_id: str, **what: Any) -> None:
    """Let somebody be at another status, absent or disabled."""
    async with desk.store.begin() as work:
        if "status" in what:
            await work.employees.set_status(user_id, what["status"])
        if "days" in what:
            now = desk.clock.now()
            absence = Absence(0, user_id, now - timedelta(days=1), now + timedelta(days=what["days"]))
            await work.employees.add_absence(absence)
        if "is_disabled" in what:
            await work.employees.set_disabled(user_id, is_disabled=what["is_disabled"])
        await work.commit()


def assert_offered(desk: Desk, because: str) -> None:
    """The operators have it, the record and the card say why."""
    assert desk.session().state is SessionState.WAITING
    assert desk.session().routing == f"{because}; offered to the operators."
    assert f"{because}; offered to the operators." in preview(desk.card().content, 1000)


async def test_the_employee_in_the_field_gets_the_session(desk: Desk) -> None:
    await desk.write()
    assert desk.session().is_served_by(BORIS)
    assert desk.session().routing == f"Given to {BORIS} (Manager of Acme Ltd.)."
    assert desk.session_room().memberships[BORIS] == "invite"
    assert "Manager of Acme Ltd." in preview(desk.card().content, 1000)


@pytest.mark.parametrize(("field", "employee"), [("author", ANNA), ("editor", SAM)])
async def test_author_and_editor_are_fields_like_others(desk: Desk, field: str, employee: str) -> None:
    desk.change_live_chat(routing_settings={"field": field})
    await desk.write()
    assert desk.session().is_served_by(employee)


@pytest.mark.parametrize("status", [OperatorStatus.AWAY, OperatorStatus.OFFLINE])
async def test_who_is_away_or_offline_is_passed_over(desk: Desk, status: OperatorStatus) -> None:
    await let(desk, BORIS, status=status)
    await desk.write()
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) is {status}")


async def test_who_is_absent_is_passed_over_until_they_are_back(desk: Desk) -> None:
    await let(desk, BORIS, days=2)
    await desk.write()
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) is absent until 3 January 2026")
    desk.clock.advance(2 * 86_400)
    await desk.write(DAN)
    assert desk.session(2).is_served_by(BORIS)


async def test_who_is_disabled_is_passed_over(desk: Desk) -> None:
    await let(desk, BORIS, is_disabled=True)
    await desk.write()
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) is disabled")


@pytest.mark.parametrize(
    ("state", "obstacle"),
    [
        (AccountState.LOCKED, "has a locked account"),
        (AccountState.SUSPENDED, "has a suspended account"),
        (AccountState.DEACTIVATED, "has no account in use"),
    ],
)
async def test_whose_account_is_shut_is_passed_over(desk: Desk, state: AccountState, obstacle: str) -> None:
    desk.homeserver.has_admin_token = True
    desk.homeserver.accounts[BORIS] = state
    await desk.write()
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) {obstacle}")


async def test_without_the_token_who_has_left_every_room_is_passed_over(desk: Desk) -> None:
    await desk.people.deactivate(BORIS)
    await desk.settle()
    await desk.write()
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) has no account in use")


@pytest.mark.parametrize("error", [refusal(), HomeserverUnavailable("out of order", is_reachable=True)])
async def test_an_account_state_that_cannot_be_told_holds_up_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(*_: object) -> AccountState:
        raise error

    monkeypatch.setattr(desk.homeserver, "account_state", fail)
    await desk.write()
    assert desk.session().is_served_by(BORIS)


@pytest.mark.parametrize(
    ("found", "because"),
    [
        (None, "The customer is not connected to an item of Contacts"),
        (item(), "Manager of Acme Ltd. is empty"),
        (Item("contacts", "1", "Acme Ltd."), "Acme Ltd. cannot be read now"),
        (item(manager="Boris"), "Manager of Acme Ltd. is not a Matrix id"),
        (item(manager=7), "Manager of Acme Ltd. is not a Matrix id"),
        (
            item(manager=MALLORY),
            f"{MALLORY} (Manager of Acme Ltd.) is neither an operator nor a supervisor here",
        ),
    ],
)
async def test_where_nobody_is_found_the_operators_get_it(
    desk: Desk, contacts: Contacts, found: Item | None, because: str
) -> None:
    contacts.item = found
    await desk.write()
    assert_offered(desk, because)
    await desk.take(ANNA)
    assert desk.session().is_served_by(ANNA)


async def test_an_employee_who_writes_as_a_customer_does_not_serve_themselves(desk: Desk) -> None:
    await desk.write(BORIS)
    assert_offered(desk, f"{BORIS} (Manager of Acme Ltd.) is the customer")


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"account_app": None}, "No app with customers' data is bound"),
        ({"account_app": "gone"}, "No app with customers' data is bound"),
        ({"routing_settings": {}}, "Contacts has no user field None"),
        ({"routing_settings": {"field": "account"}}, "Contacts has no user field 'account'"),
        (
            {"routing_rule": "gone"},
            "No hook that is switched on answers for the routing rule 'gone'",
        ),
    ],
)
async def test_a_configuration_that_leads_nowhere_leads_to_the_operators(
    desk: Desk, changes: dict[str, Any], because: str
) -> None:
    desk.change_live_chat(**changes)
    await desk.write()
    assert_offered(desk, because)


async def test_first_response_needs_no_reason(desk: Desk) -> None:
    desk.change_live_chat(routing_rule="first_response")
    await desk.write()
    assert (desk.session().state, desk.session().routing) == (SessionState.WAITING, None)


class Wordy(Hook[HookSettings]):
    answer: Route = OfferToGroup()

    @hookimpl
    def livechat_choose_route(self) -> Route:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "routing"),
    [
        (OfferToGroup(" "), None),
        (OfferToGroup("First\nthis,  then that."), "First this, then that; offered to the operators."),
        (OfferToGroup("x" * 1000), f"{'x' * 299}…; offered to the operators."),
        (AssignTo(ANNA), f"Given to {ANNA}."),
        (AssignTo(ANNA, "\n"), f"Given to {ANNA}."),
        (
            AssignTo("nonsense"),
            "nonsense is neither an operator nor a supervisor here; offered to the operators.",
        ),
    ],
)
async def test_a_reason_is_one_short_sentence(
    monkeypatch: pytest.MonkeyPatch, answer: Route, routing: str | None
) -> None:
    monkeypatch.setattr(Wordy, "answer", answer)
    async with Desk(Wordy(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write(CARLA)
        assert desk.session().routing == routing


async def test_a_status_that_changes_while_the_hooks_are_asked_counts(desk: Desk, contacts: Contacts) -> None:
    class Slow(Hook[HookSettings]):
        @hookimpl
        async def livechat_choose_greeting(self) -> None:
            await let(slow_desk, BORIS, status=OperatorStatus.AWAY)

    async with Desk(shipped("assigned_to"), contacts, Slow(HookSettings())).working() as slow_desk:
        await slow_desk.set_up()
        settings = {"field": "manager"}
        slow_desk.change_live_chat(
            routing_rule="assigned_to", routing_settings=settings, account_app="contacts"
        )
        await slow_desk.write()
        assert_offered(slow_desk, f"{BORIS} (Manager of Acme Ltd.) is away")
