"""+Connect and Register in the console (requirements S19, S20)."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin import AppUnavailable, InvalidItem, Item
from livechat_plugin.core.content import Media
from livechat_plugin.web.console import item_outcomes
from tests.unit.console import Console, Page
from tests.unit.crm import Crm, last_line, link, served
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk

CONNECT, REGISTER = "/sessions/1/connect", "/sessions/1/register/complaints"


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not settled is not waited for."""
    monkeypatch.setattr(item_outcomes, "WAIT", 0.01)


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


def form_token(page: Page) -> str:
    return str(page.html.select("form[method=post] input[name=request]")[0]["value"])


async def sent(console: Console, desk: Desk, path: str, **fields: str) -> Page:
    """Send a form, and look at what became of it once everything is settled."""
    token = fields.pop("request", None) or form_token(await console.get(path))
    named = {name if name == "item_id" else f"field-{name}": value for name, value in fields.items()}
    posted = await console.post(path, {"request": token, **named})
    if posted.status != 303:
        return posted
    await desk.settle()
    return await console.get(posted.goes_to.removeprefix("/console"))


async def connect(console: Console, desk: Desk, **fields: str) -> Page:
    return await sent(console, desk, CONNECT, **(fields or {"name": "Carla Corp"}))


async def test_the_form_knows_the_customers_name_and_asks_all_but_the_account(console: Console) -> None:
    page = await console.get(CONNECT)
    assert page.html.select("#field-name")[0]["value"] == "Carla"
    assert [str(option["value"]) for option in page.html.select("datalist option")] == [ANNA, BORIS, SAM]
    assert not page.html.select("#field-account")


async def test_a_new_item_is_made_and_connected_and_everybody_sees_it(
    console: Console, desk: Desk, crm: Crm
) -> None:
    page = await connect(console, desk, name="Carla Corp", phone="+49 30 123456")
    assert "Carla is connected to Carla Corp." in page.text
    then = json.loads(page.response.headers["hx-trigger-after-settle"])
    assert then == {"toast": "Carla is connected to Carla Corp.", "close-dialog": True}
    [item] = crm.items.values()
    assert item.values == {"name": "Carla Corp", "phone": "+4930123456", "account": [f"matrix:{CARLA}"]}
    kept = link(desk)
    assert kept is not None
    assert (kept.item_id, kept.linked_by) == ("1", ANNA)
    assert last_line(desk) == f"🔗 Carla is connected to Carla Corp (Contacts), by {ANNA}."
    assert "Carla Corp" in (await console.get("/sessions/1/customer")).text


async def test_an_existing_item_is_searched_and_chosen(console: Console, desk: Desk, crm: Crm) -> None:
    crm.items["contacts", "17"] = Item("contacts", "17", "Carla Corp", {"phone": "+4930123456"})
    crm.items["contacts", "18"] = Item("contacts", "18", "Dan")
    at_first = await console.get("/sessions/1/candidates")
    assert at_first.all(".candidate-title") == ["Carla Corp #17"]
    assert "Phone: +49 30 123456" in at_first.text
    found = await console.get("/sessions/1/candidates?q=dan", hx_request="true", hx_target="candidates")
    assert found.all(".candidate-title") == ["Dan #18"]
    assert not found.html.select("nav")
    assert "has nothing like “zebra”" in (await console.get("/sessions/1/candidates?q=zebra")).text
    page = await connect(console, desk, item_id="18")
    assert "Carla is connected to Dan." in page.text
    page = await connect(console, desk, item_id="17")
    assert "Carla is connected to Carla Corp." in page.text


async def test_one_form_can_choose_one_item_after_another(console: Console, desk: Desk, crm: Crm) -> None:
    crm.items["contacts", "17"] = Item("contacts", "17", "Carla Corp")
    crm.items["contacts", "18"] = Item("contacts", "18", "Dan")
    for item_id, title in (("17", "Carla Corp"), ("18", "Dan")):
        page = await connect(console, desk, item_id=item_id, request="the same form")
        assert f"Carla is connected to {title}." in page.text


async def test_a_form_that_is_sent_twice_makes_one_item(console: Console, desk: Desk, crm: Crm) -> None:
    token = form_token(await console.get(CONNECT))
    fields = {"request": token, "field-name": "Carla Corp"}
    first, second = await console.post(CONNECT, fields), await console.post(CONNECT, fields)
    assert first.goes_to == second.goes_to
    await desk.settle()
    assert len(crm.items) == 1
    assert len(crm.asked) == 1
    await sent(console, desk, REGISTER, text="Broken", request="again")
    await sent(console, desk, REGISTER, text="Broken", request="again")
    assert [key[0] for key in crm.items] == ["contacts", "complaints"]


async def test_wrong_values_are_told_beside_their_fields_and_stay(
    console: Console, desk: Desk, crm: Crm
) -> None:
    page = await connect(console, desk, name="", phone="12", manager="anna")
    assert page.status == 422
    assert page.all("#field-name-error") == ["Is required and must not be empty."]
    assert "'12' has no known country code" in page.all("#field-phone-error")[0]
    assert page.html.select("#field-manager")[0]["value"] == "anna"
    assert [one["id"] for one in page.html.select("[autofocus]")] == ["field-name"], "the first that is wrong"
    assert not crm.asked


async def test_what_the_crm_refuses_is_told_beside_the_fields_too(
    console: Console, desk: Desk, crm: Crm
) -> None:
    before = desk.lines(desk.session_room())
    crm.troubles = [InvalidItem({"phone": "is a competitor's", "other": "is odd"})]
    page = await connect(console, desk, name="Carla Corp", phone="+4930123456")
    assert page.all("#field-phone-error") == ["Is a competitor's."]
    assert "Other: is odd." in page.text
    assert page.html.select("#field-name")[0]["value"] == "Carla Corp"
    assert link(desk) is None
    assert desk.lines(desk.session_room()) == before, "who asked in a page is answered there"
    page = await connect(console, desk, name="Carla Corp", request=form_token(page))
    assert "is connected to Carla Corp" in page.text


async def test_the_same_form_may_be_sent_again_after_it_was_refused(
    console: Console, desk: Desk, crm: Crm
) -> None:
    crm.troubles = [InvalidItem({"phone": "is a competitor's"})]
    await connect(console, desk, name="Carla", phone="+4930123456", request="kept by going back")
    page = await connect(console, desk, name="Carla Corp", request="kept by going back")
    assert "is connected to Carla Corp" in page.text


async def test_a_crm_that_is_away_is_asked_again_and_the_page_says_so(
    console: Console, desk: Desk, crm: Crm
) -> None:
    crm.troubles = [AppUnavailable("it is being mended")]
    page = await connect(console, desk)
    [part] = page.html.select("#item-dialog")
    assert "Connecting …" in page.text
    assert "cannot be reached (it is being mended). It is tried again for 5 minutes" in page.text
    assert "live" in part["hx-trigger"]
    assert "account:1" in part["data-live"]
    desk.clock.advance(61)
    desk.dispatcher.wake(list(desk.stored.deliveries.values()))
    await desk.settle()
    page = await console.get(str(part["hx-get"]).removeprefix("/console"))
    assert "Carla is connected to Carla Corp." in page.text


async def test_a_crm_that_stays_away_ends_it_in_the_page_and_in_the_room(
    console: Console, desk: Desk, crm: Crm
) -> None:
    crm.troubles = [AppUnavailable("it is being mended")] * 6
    page = await connect(console, desk)
    address = str(page.html.select("#item-dialog")[0]["hx-get"]).removeprefix("/console")
    for _ in range(5):
        desk.clock.advance(61)
        desk.dispatcher.wake(list(desk.stored.deliveries.values()))
        await desk.settle()
    page = await console.get(address)
    assert "Contacts still cannot be reached" in page.text
    assert page.html.select("#field-name")[0]["value"] == "Carla Corp"
    assert "Contacts still cannot be reached" in last_line(desk)


async def test_a_search_in_a_crm_that_is_away_can_be_repeated(console: Console, crm: Crm) -> None:
    crm.away = AppUnavailable("it is being mended")
    page = await console.get("/sessions/1/candidates?q=carla")
    assert "Contacts cannot be reached now: it is being mended." in page.text
    assert page.all("#candidates button") == ["Try again"]
    crm.away, crm.hangs = None, True
    assert "Contacts does not answer now." in (await console.get("/sessions/1/candidates?q=carla")).text


async def test_only_who_serves_the_session_and_supervisors_can(
    console: Console, desk: Desk, crm: Crm
) -> None:
    console.sign_in(BORIS)
    for path in (CONNECT, "/sessions/1/candidates", "/sessions/1/register", REGISTER):
        assert (await console.get(path)).status == 403, path
    for path in (CONNECT, REGISTER):
        page = await console.post(path, {"field-name": "x", "field-text": "x"})
        assert page.status == 403, path
        assert "Only the operator of session #1 or a supervisor" in page.text
    assert not crm.asked
    console.sign_in(SAM)
    assert "is connected to" in (await connect(console, desk)).text


async def test_nobody_is_told_what_became_of_anothers_form(console: Console, desk: Desk) -> None:
    await connect(console, desk, name="Carla Corp", request="annas")
    assert (await console.get("/sessions/1/requests/annas")).status == 200
    console.sign_in(SAM)
    assert (await console.get("/sessions/1/requests/annas")).status == 404
    await connect(console, desk, name="Sams", request="annas")
    assert link(desk).title == "Carla Corp"  # type: ignore[union-attr]


@pytest.mark.parametrize("item_id", ["", "9" * 300])
async def test_what_cannot_be_an_item_is_refused(console: Console, crm: Crm, item_id: str) -> None:
    page = await console.post(CONNECT, {"item_id": item_id})
    assert page.status == 409
    assert "item: write the number" in page.text
    assert not crm.asked


async def test_an_item_that_is_gone_is_told(console: Console, desk: Desk, crm: Crm) -> None:
    crm.troubles = [InvalidItem({"item_id": "there is no item #99 of contacts"})]
    page = await connect(console, desk, item_id="99")
    assert "Item_id: there is no item #99" in page.text or "there is no item #99" in page.text
    assert page.html.select("#field-name")[0]["value"] == "Carla"


async def test_a_live_chat_that_is_bound_to_nothing_says_so(console: Console, desk: Desk) -> None:
    desk.change_live_chat(account_app=None)
    page = await console.get(CONNECT)
    assert page.status == 409
    assert "is not bound to an app" in page.text


async def test_a_session_that_is_over_says_so(console: Console, desk: Desk) -> None:
    await desk.answer(ANNA, "!close")
    for path in (CONNECT, REGISTER):
        page = await console.get(path)
        assert page.status == 409
        assert "Session #1 is over." in page.text


async def test_a_form_of_a_session_that_is_over_is_nothing_of_the_next_one(
    console: Console, desk: Desk, crm: Crm
) -> None:
    await connect(console, desk)
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "Me again")
    await desk.command(ANNA, "!take 2")
    for path, fields in (
        (CONNECT, {"field-name": "x"}),
        (CONNECT, {"item_id": "1"}),
        (REGISTER, {"field-text": "x"}),
    ):
        page = await console.post(path, fields)
        assert page.status == 409
        assert "#1" in page.text
    await desk.settle()
    assert len(crm.asked) == 1


async def test_a_hook_that_lies_or_fails_is_told_in_the_page(console: Console, desk: Desk, crm: Crm) -> None:
    crm.lie = "nonsense"
    page = await connect(console, desk, name="Carla Corp", request="first")
    assert page.html.select("#field-name")[0]["value"] == "Carla Corp"
    assert page.all("#item-dialog .alert-bad")
    assert "Not connected" in page.text
    crm.lie, crm.troubles = None, [RuntimeError("boom")]
    page = await connect(console, desk, name="Carla Corp", request="second")
    assert "Not connected" in page.text
    assert "boom" not in page.text
    assert link(desk) is None


async def test_what_cannot_be_delivered_at_all_is_told_in_the_page(
    console: Console, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    form = form_token(await console.get(CONNECT))
    monkeypatch.setattr(desk.use_cases.item_delivery.hooks, "ask", breaks)
    posted = await console.post(CONNECT, {"request": form, "field-name": "Carla Corp"})
    await desk.settle()
    page = await console.get(posted.goes_to.removeprefix("/console"))
    assert "This could not be done" in page.text
    assert page.html.select("#field-name")[0]["value"] == "Carla Corp"


# --- Register ---


async def test_registering_is_refused_until_connected_and_shows_the_way(
    console: Console, desk: Desk, crm: Crm
) -> None:
    page = await console.get(REGISTER)
    assert "Connect Carla's account first" in page.text
    assert not page.html.select("main form")
    [way] = page.html.select("#item-dialog .button-primary")
    assert way["href"] == "/console/sessions/1/connect"
    posted = await console.post(REGISTER, {"field-text": "Broken"})
    assert posted.status == 422
    assert "Connect Carla's account first" in posted.text
    await desk.settle()
    assert not crm.asked


async def test_an_item_is_registered_and_seen(console: Console, desk: Desk, crm: Crm) -> None:
    await connect(console, desk)
    page = await sent(console, desk, REGISTER, text="Broken")
    assert "Registered in Complaints: Broken (#1)." in page.text
    item = crm.items["complaints", "2"]
    assert item.values == {"text": "Broken", "account": [f"matrix:{CARLA}"]}
    [registration] = desk.stored.registrations.values()
    assert (registration.session_number, registration.author) == (1, ANNA)
    assert "Broken (#1)" in (await console.get("/sessions/1/customer")).text


async def test_the_last_file_of_the_session_can_be_taken(console: Console, desk: Desk, crm: Crm) -> None:
    await connect(console, desk)
    await desk.write(CARLA, Media("file", "mxc://example.org/abc", "bill.pdf"))
    page = await console.get(REGISTER)
    assert "The last file of the session: bill.pdf" in page.text
    await sent(console, desk, REGISTER, text="Broken", **{"photo-last": "yes"})
    assert crm.items["complaints", "2"].values["photo"] == "mxc://example.org/abc"


async def test_a_file_can_be_uploaded(console: Console, desk: Desk, crm: Crm) -> None:
    await connect(console, desk)
    files = {"field-photo-upload": ("photo.png", b"not really", "image/png")}
    posted = await console.post(REGISTER, {"field-text": "Broken"}, files=files)
    assert posted.status == 303
    await desk.settle()
    address = crm.items["complaints", "2"].values["photo"]
    assert await desk.homeserver.load_file(address, desk.naming.bot) == b"not really"


async def test_an_app_that_is_not_chosen_is_refused(console: Console, desk: Desk, crm: Crm) -> None:
    await connect(console, desk)
    for app in ("contacts", "nothing", "complaints2"):
        page = await console.get(f"/sessions/1/register/{app}")
        assert page.status == 409
        assert "does not register items" in page.text
        assert (await console.post(f"/sessions/1/register/{app}", {"field-name": "x"})).status == 409
    assert len(crm.asked) == 1


async def test_the_menu_lists_the_apps(console: Console, desk: Desk) -> None:
    page = await console.get("/sessions/1/register")
    [app] = page.html.select(".app-menu a")
    assert (app.get_text(), app["href"]) == ("Complaints", "/console" + REGISTER)
    desk.change_live_chat(message_apps=())
    assert "registers no items" in (await console.get("/sessions/1/register")).text


async def test_a_token_of_another_session_tells_nothing(console: Console, desk: Desk) -> None:
    await connect(console, desk, name="Carla Corp", request="mine")
    assert (await console.get("/sessions/1/requests/other")).status == 404


async def test_nothing_is_asked_of_the_hooks_while_switched_off(
    desk: Desk, console: Console, crm: Crm
) -> None:
    await connect(console, desk)
    token = form_token(await console.get(REGISTER))
    asked = len(crm.asked)
    desk.use_cases.gate.is_on = False
    for path, fields in (
        (CONNECT, {"field-name": "Other"}),
        (CONNECT, {"item_id": "1"}),
        (REGISTER, {"field-text": "It burns"}),
    ):
        page = await console.post(path, {"request": token, **fields})
        assert page.status == 409
        assert "switched off" in page.text
    await desk.settle()
    assert len(crm.asked) == asked
