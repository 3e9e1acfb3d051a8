"""A CRM as the app, asked over HTTP: signed, repeated without harm, and never trusted."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from livechat_plugin import Account, App, AppUnavailable, FieldType, InvalidItem, Item, Session, SessionState
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import TIME_LIMIT
from livechat_plugin.plugins import AnyHook, HookSwitch, find_hooks, load_hooks
from tests.unit.crm import last_line, link
from tests.unit.desk import ANNA, CARLA, Desk
from tests.unit.http_crm import SECRET, HttpCrm, http_crm, serving
from tests.unit.test_wording import WAITING

HOOKS = Path(__file__).parents[2] / "hooks"
NAME = "webhook_apps"
APPS = [
    {
        "key": "contacts",
        "name": "Contacts",
        "uses": ["account"],
        "fields": [
            {"key": "name", "label": "Name", "type": "string", "required": True},
            {"key": "account", "label": "Account", "type": "account"},
        ],
    },
    {
        "key": "complaints",
        "name": "Complaints",
        "uses": ["message"],
        "fields": [
            {"key": "text", "label": "What happened", "type": "text"},
            {"key": "kind", "label": "Kind", "type": "choice", "choices": ["late", "broken"]},
            {"key": "account", "label": "Account", "type": "account"},
        ],
    },
]
CUSTOMER = Account(1, "matrix", CARLA, "Carla")
TOLD = {"network": "matrix", "id": CARLA, "name": "Carla", "account": f"matrix:{CARLA}"}


def loaded(**settings: Any) -> Any:
    values = {"apps": APPS, "allow_private_addresses": True, "url": "https://crm.example.org", **settings}
    manager = load_hooks(find_hooks(HOOKS), {NAME: HookSwitch(settings=values)})
    return manager.get_plugin(NAME)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_WEBHOOK_APPS_SECRET", SECRET)


@pytest.fixture
async def crm() -> AsyncIterator[HttpCrm]:
    async with http_crm() as crm:
        yield crm


@pytest.fixture
def hook(crm: HttpCrm) -> Any:
    return loaded(url=f"{crm.url}/", looking_timeout=1, storing_timeout=3)


async def link_item(hook: Any, token: str = "t1", item_id: str | None = None, **values: Any) -> Item:
    [app] = hook.livechat_register_account_apps()
    item: Item = await hook.livechat_choose_linked_item(app, CUSTOMER, item_id, values, ANNA, token)
    return item


async def look_up(hook: Any) -> Item | None:
    [app] = hook.livechat_register_account_apps()
    item: Item | None = await hook.livechat_choose_account_item(app, CUSTOMER)
    return item


# --- what is asked and answered ---


def test_the_apps_are_those_of_the_configuration(hook: Any) -> None:
    [contacts] = hook.livechat_register_account_apps()
    [complaints] = hook.livechat_register_message_apps()
    assert contacts.account_field().key == "account"
    assert contacts.fields[0].is_required
    assert complaints.fields[1].type is FieldType.CHOICE
    assert complaints.fields[1].choices == ("late", "broken")


async def test_a_new_item_is_stored_and_found_again(hook: Any, crm: HttpCrm) -> None:
    item = await link_item(hook, name="Carla Corp")
    assert item == Item(
        "contacts",
        "1",
        "Carla Corp",
        {"name": "Carla Corp", "account": [f"matrix:{CARLA}"]},
        link="https://crm.example.org/1",
    )
    [asked] = crm.asked
    assert (asked.question, asked.key) == ("linked-item", "t1")
    assert asked.body == {
        "app": "contacts",
        "customer": TOLD,
        "item_id": None,
        "values": {"name": "Carla Corp"},
        "author": ANNA,
    }
    assert await look_up(hook) == item
    assert (crm.asked[-1].question, crm.asked[-1].key) == ("account-item", None)
    assert crm.wrongly_signed == 0


async def test_the_same_token_is_the_same_key(hook: Any, crm: HttpCrm) -> None:
    assert await link_item(hook, name="Carla") == await link_item(hook, name="Carla")
    assert await link_item(hook, "t2", name="Carla") != await link_item(hook, "t1", name="Carla")
    assert len(crm.made) == 2


async def test_items_are_searched(hook: Any, crm: HttpCrm) -> None:
    await link_item(hook, name="Carla Corp")
    [app] = hook.livechat_register_account_apps()
    assert [item.title for item in await hook.livechat_choose_account_candidates(app, "Corp")] == [
        "Carla Corp"
    ]
    assert await hook.livechat_choose_account_candidates(app, "Ltd") == []
    assert crm.asked[-1].body == {"app": "contacts", "query": "Ltd"}


async def test_an_item_is_registered_from_a_session(hook: Any, crm: HttpCrm) -> None:
    [app] = hook.livechat_register_message_apps()
    item = await hook.livechat_choose_registered_item(app, WAITING, CUSTOMER, {"text": "Broken"}, ANNA, "t9")
    assert (item.app, item.title) == ("complaints", "Broken")
    assert crm.asked[-1].question == "registered-item"
    assert crm.asked[-1].body["session"] == {"number": 12, "subject": "My bicycle is late"}


async def test_it_abstains_for_apps_of_others(hook: Any, crm: HttpCrm) -> None:
    session = Session(1, 1, SessionState.ACTIVE, "", WAITING.opened_at)
    other = App("contacts", "Other contacts", ())
    assert await hook.livechat_choose_account_item(other, CUSTOMER) is None
    assert await hook.livechat_choose_account_candidates(other, "x") is None
    assert await hook.livechat_choose_linked_item(other, CUSTOMER, None, {}, ANNA, "t") is None
    assert await hook.livechat_choose_registered_item(other, session, CUSTOMER, {}, ANNA, "t") is None
    assert crm.asked == []


async def test_a_wrong_secret_is_noticed_by_the_other_side(
    crm: HttpCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECHAT_WEBHOOK_APPS_SECRET", "x" * 40)
    with pytest.raises(Exception, match="HTTP 401"):
        await look_up(loaded(url=crm.url))
    assert crm.wrongly_signed == 1
    assert crm.asked == []


# --- trouble ---


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
async def test_passing_trouble_is_met_by_asking_again_with_the_same_key(
    hook: Any, crm: HttpCrm, status: int
) -> None:
    crm.answers.extend([web.Response(status=status), web.Response(status=status)])
    assert (await link_item(hook, name="Carla")).title == "Carla"
    assert [asked.key for asked in crm.asked] == ["t1"] * 3


async def test_an_answer_that_breaks_off_is_asked_for_again(hook: Any, crm: HttpCrm) -> None:
    async def stored_and_broken_off() -> web.Response:
        crm._answer(crm.asked[-1])
        raise ConnectionResetError

    crm.answers.append(stored_and_broken_off)
    await link_item(hook, name="Carla")
    assert len(crm.made) == 1
    assert len(crm.asked) == 2


async def test_lasting_trouble_is_told_and_is_no_failure_of_the_hook(hook: Any, crm: HttpCrm) -> None:
    crm.answers.extend(web.Response(status=503) for _ in range(9))
    with pytest.raises(AppUnavailable, match="it answers with HTTP 503"):
        await link_item(hook, name="Carla")
    assert len(crm.asked) == 5


async def test_nobody_there_is_told() -> None:
    async with http_crm() as gone:
        url = gone.url
    with pytest.raises(AppUnavailable, match=r"refused|Connect"):
        await look_up(loaded(url=url))


async def test_one_that_hangs_is_left_in_time(crm: HttpCrm) -> None:
    crm.answers.append(asyncio.Event().wait)  # type: ignore[arg-type]
    hook = loaded(url=crm.url, looking_timeout=0.2)
    began = asyncio.get_running_loop().time()
    with pytest.raises(AppUnavailable, match=r"no answer within 0\.2 s"):
        await look_up(hook)
    assert asyncio.get_running_loop().time() - began < 2


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_a_refusal_names_the_fields(hook: Any, crm: HttpCrm, status: int) -> None:
    crm.answers.append(web.json_response({"errors": {"name": "is taken"}}, status=status))
    with pytest.raises(InvalidItem) as refused:
        await link_item(hook, name="Carla")
    assert refused.value.errors == {"name": "is taken"}
    assert len(crm.asked) == 1


async def test_redirects_are_not_followed(hook: Any, crm: HttpCrm) -> None:
    visited: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.json_response({"item": None})

    async with serving(elsewhere) as address:
        for status in (301, 302, 303, 307, 308):
            crm.answers.append(web.Response(status=status, headers={"Location": address}))
            with pytest.raises(Exception, match=f"HTTP {status}"):
                await look_up(hook)
    assert visited == []


LIES: list[Any] = [
    web.Response(body=b"<html>"),
    web.Response(body=b"\xff\xfe"),
    web.json_response(["item"]),
    web.json_response({}),
    web.json_response({"item": None}),
    web.json_response({"item": {"title": "without an id"}}),
    web.json_response({"item": {"id": "", "title": "Carla"}}),
    web.json_response({"item": {"id": 7, "title": "Carla"}}),
    web.json_response({"item": {"id": "7", "title": None}}),
    web.json_response({"item": {"id": "7", "title": "Carla", "values": []}}),
    web.json_response({"item": {"id": "7", "title": "Carla", "link": "javascript:alert(1)"}}),
    web.json_response({"item": {"id": "7", "title": "x" * 1_000_001}}),
    web.json_response({"errors": {}}, status=422),
    web.json_response({"errors": {"name": 7}}, status=422),
    web.json_response({"errors": {"name": "is taken"}}, status=403),
    web.Response(status=404),
]


@pytest.mark.parametrize("lie", range(len(LIES)))
async def test_lies_are_no_answer(hook: Any, crm: HttpCrm, lie: int) -> None:
    crm.answers.append(LIES[lie])
    with pytest.raises(Exception, match=r"answer|reason") as failed:
        await link_item(hook, name="Carla")
    assert type(failed.value).__name__ == "WebhookFailed"
    assert "Carla" not in str(failed.value)


# --- where requests may go ---


async def test_a_public_name_must_not_lead_into_the_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [
            {
                "hostname": "crm.example.org",
                "host": "127.0.0.1",
                "port": 443,
                "family": 2,
                "proto": 0,
                "flags": 0,
            }
        ]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    with pytest.raises(AppUnavailable, match="private addresses only"):
        await look_up(loaded(allow_private_addresses=False))


async def test_of_several_addresses_the_public_ones_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [{"host": host} for host in ("10.0.0.1", "93.184.216.34", "fe80::1%eth0", "::ffff:127.0.0.1")]

    loaded()
    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    resolver = sys.modules["livechat_hooks.webhook_apps.client"]._PublicResolver()
    assert [found["host"] for found in await resolver.resolve("crm.example.org")] == ["93.184.216.34"]
    await resolver.close()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"url": "ftp://crm.example.org"}, "must be an address like"),
        ({"url": "https://crm.example.org/?a=b"}, "must be an address like"),
        ({"url": "https://me:secret@crm.example.org"}, "must not hold a user name"),
        ({"url": "http://crm.example.org", "allow_private_addresses": False}, "must begin with https"),
        ({"url": "https://127.0.0.1", "allow_private_addresses": False}, "is a private address"),
        ({"url": "https://10.1.2.3", "allow_private_addresses": False}, "is a private address"),
        ({"url": "https://[::1]", "allow_private_addresses": False}, "is a private address"),
        ({"url": "https://localhost", "allow_private_addresses": False}, "is a private address"),
        ({"url": "https://169.254.169.254", "allow_private_addresses": False}, "is a private address"),
        ({"apps": []}, "at least 1 item"),
        ({"apps": [{**APPS[0], "fields": APPS[0]["fields"][:1]}]}, "needs a field of the type account"),
        (
            {"apps": [{**APPS[0], "fields": [*APPS[0]["fields"], APPS[0]["fields"][0]]}]},
            "two fields of one key",
        ),
        ({"apps": [APPS[0], APPS[0]]}, "two apps of one key"),
        ({"looking_timeout": 5}, "less than or equal"),
        ({"secret": "x"}, "unknown key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_settings_are_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as refused:
        loaded(**settings)
    assert refused.value.key.startswith("hooks.webhook_apps")


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_without_a_good_secret_it_does_not_start(monkeypatch: pytest.MonkeyPatch, secret: str | None) -> None:
    monkeypatch.delenv("LIVECHAT_WEBHOOK_APPS_SECRET")
    if secret is not None:
        monkeypatch.setenv("LIVECHAT_WEBHOOK_APPS_SECRET", secret)
    with pytest.raises(ConfigurationError, match="must hold at least 32 characters"):
        loaded()


def test_it_is_off_until_it_is_configured() -> None:
    assert load_hooks(find_hooks(HOOKS), {}).get_plugin(NAME) is None
    assert load_hooks(find_hooks(HOOKS), {NAME: HookSwitch(is_enabled=False)}).get_plugin(NAME) is None
    with pytest.raises(ConfigurationError, match="Field required"):
        load_hooks(find_hooks(HOOKS), {NAME: HookSwitch()})


# --- at the desk ---


async def test_operators_connect_and_register_through_it(crm: HttpCrm) -> None:
    hook: AnyHook = loaded(url=crm.url)
    async with Desk(hook).working() as desk:
        desk.hooks._time_limit = TIME_LIMIT
        await desk.set_up()
        desk.change_live_chat(account_app="contacts", message_apps=("complaints",))
        await desk.use_cases.app_catalogue.refresh()
        await desk.write()
        await desk.take()
        crm.answers.append(web.json_response({"errors": {"name": "is taken"}}, status=422))
        await desk.answer(ANNA, "!connect name=Carla")
        assert last_line(desk) == "Not connected. Contacts refuses it: Name: is taken"
        crm.answers.extend(web.Response(status=503) for _ in range(5))
        await desk.answer(ANNA, '!connect name="Carla Corp"')
        assert last_line(desk).startswith("Not connected yet: Contacts cannot be reached")
        desk.clock.advance(61)
        await desk.settle()
        await desk.until(lambda: link(desk))
        keys = {asked.key for asked in crm.asked if asked.body.get("values") == {"name": "Carla Corp"}}
        assert len(keys) == 1
        await desk.answer(ANNA, "!register complaints text=Broken kind=late")
        assert "Complaints: Broken was registered" in last_line(desk)
        await desk.answer(ANNA, "!customer")
        assert "Carla Corp (Contacts #1)" in last_line(desk)
