"""Customer Information beside a session, in the console (requirement S18)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin import AppUnavailable
from livechat_plugin.core.apps import Item
from tests.unit.console import Console
from tests.unit.crm import Crm, served
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA

PANEL = "/sessions/1/customer"


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest_asyncio.fixture
async def desk(crm: Crm) -> AsyncIterator[Desk]:
    async with served(crm) as desk:
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        yield console


async def test_it_shows_who_writes_and_what_is_known_of_them(console: Console, desk: Desk) -> None:
    await desk.answer(ANNA, f'!connect name="Carla <Corp>" phone="+49 30 123456" manager={ANNA}')
    await desk.answer(ANNA, "!register complaints text=Broken")
    page = await console.get(PANEL)
    assert page.status == 200
    assert page.all(".customer-name") == ["Carla"]
    for words in (
        f"Matrix · {CARLA}",
        "Customer Support",
        "Carla <Corp>",
        "Manager",
        "Broken",
        "Hello",
    ):
        assert words in page.text
    links = {link.get_text(" ", strip=True): link["href"] for link in page.html.select("#customer-panel a")}
    assert links["+49 30 123456"] == "tel:+4930123456"
    assert links["Carla <Corp> (opens elsewhere)"] == "https://crm.example.org/contacts/1"
    assert links["Broken (#1) (opens elsewhere)"] == "https://crm.example.org/complaints/2"
    assert links["Change the connected item"] == "/console/sessions/1/connect"
    assert links["#1"] == "/console/sessions/1"


async def test_it_fills_its_place_alone_and_follows_what_changes(console: Console, desk: Desk) -> None:
    page = await console.get(PANEL, hx_request="true", hx_target="customer-panel")
    assert not page.html.select("nav")
    [panel] = page.html.select("#customer-panel")
    assert panel["data-live"] == "account:1 conversation:1"
    assert panel["hx-trigger"] == "live"


async def test_before_connecting_there_is_the_way_to_it(console: Console) -> None:
    page = await console.get(PANEL)
    [connect] = page.html.select("a[href='/console/sessions/1/connect']")
    assert connect.get_text(strip=True) == "Connect"
    assert "Not connected to Contacts yet." in page.text


async def test_who_only_looks_on_gets_no_buttons(console: Console) -> None:
    console.sign_in(BORIS)
    page = await console.get(PANEL)
    assert page.status == 200
    assert not page.html.select("a[href$='/connect']")
    assert "Who serves the session can connect the customer." in page.text
    button = await console.get("/sessions/1/register-button")
    assert not button.html.select("#register-button a")


async def test_the_supervisor_may_act_too(console: Console) -> None:
    console.sign_in(SAM)
    assert (await console.get(PANEL)).html.select("a[href$='/connect']")
    button = await console.get("/sessions/1/register-button")
    assert button.all("#register-button a") == ["Register Complaints"]


@pytest.mark.parametrize("path", [PANEL, "/sessions/1/register-button"])
async def test_nobody_else_sees_it(console: Console, path: str) -> None:
    for stranger in (DAN, CARLA):
        console.sign_in(stranger)
        page = await console.get(path)
        assert page.status == 403
        assert "Hello" not in page.text


async def test_that_of_a_deleted_live_chat_is_the_administrators(console: Console, desk: Desk) -> None:
    await desk.answer(ANNA, "!close")
    desk.change_live_chat(deleted_at=desk.clock.now())
    for user, status in ((ADA, 200), (SAM, 403), (ANNA, 403), (BORIS, 403)):
        console.sign_in(user)
        page = await console.get(PANEL)
        assert (page.status, "Hello" in page.text) == (status, status == 200), user


@pytest.mark.parametrize("number", ["99", "0", "9" * 30])
async def test_a_session_that_does_not_exist_is_said_to_be_missing(console: Console, number: str) -> None:
    assert (await console.get(f"/sessions/{number}/customer")).status == 404


async def test_a_crm_that_is_away_leaves_what_we_remember(console: Console, desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect name=Carlotta")
    crm.away = AppUnavailable("the CRM is being mended")
    page = await console.get(PANEL)
    assert page.status == 200
    assert "the CRM is being mended." in page.text
    assert "Carlotta" in page.text
    [again] = page.html.select(".alert button")
    assert again.get_text() == "Try again"
    assert again["hx-get"] == "/console/sessions/1/customer"


async def test_a_crm_that_hangs_does_not_hold_up_the_page(console: Console, crm: Crm) -> None:
    crm.hangs = True
    async with asyncio.timeout(3):
        page = await console.get(PANEL)
    assert "Contacts does not answer now." in page.text
    assert "Not connected" not in page.text


async def test_addresses_of_items_that_no_browser_may_follow_are_no_links(
    console: Console, desk: Desk, crm: Crm
) -> None:
    held = {"name": "Evil", "account": [f"matrix:{CARLA}"]}
    crm.items["contacts", "7"] = Item("contacts", "7", "Evil", held, "javascript:alert(1)")
    page = await console.get(PANEL)
    assert "Evil" in page.text
    assert "javascript:" not in page.response.text


async def test_a_closed_session_shows_it_without_buttons(console: Console, desk: Desk) -> None:
    await desk.answer(ANNA, "!close")
    page = await console.get(PANEL)
    assert page.status == 200
    assert not page.html.select("a[href$='/connect']")
    assert "This can be done while a session is open." in page.text
