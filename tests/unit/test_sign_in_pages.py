"""The pages with which people sign in and out."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.signing_in import GOOD_FOR
from livechat_plugin.web.console.going import local_path
from livechat_plugin.web.console.limiting import EACH
from livechat_plugin.web.console.proofs import unmasked
from livechat_plugin.web.console.visitor import COOKIE, LONGEST, RENEWED_AFTER, SIGNED_IN_FOR
from tests.unit.console import Console, Page
from tests.unit.desk import ANNA, BORIS, BOT, Desk
from tests.unit.test_signing_in import link_of
from tests.unit.wiring import ADA, ADDRESS


@pytest.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


async def use(console: Console, token: str) -> Page:
    """Open a link and press the button."""
    return await console.send_unsigned(f"/sign-in/{token}", await proof_in(console, token))


async def proof_in(console: Console, token: str) -> dict[str, str]:
    """What the form of a link's page carries."""
    page = await console.get(f"/sign-in/{token}")
    proof = page.html.select_one("form input[name=csrf]")
    assert proof is not None, page.text
    return {"csrf": str(proof["value"])}


async def put_out(desk: Desk, user: str) -> None:
    """Let an administrator have taken somebody out of the operators."""
    async with desk.store.begin() as work:
        chat: LiveChat = desk.live_chat
        await work.groups.set_members(chat.operators, await work.groups.members(chat.operators) - {user})
        await work.commit()


async def test_the_way_in_is_explained(console: Console) -> None:
    page = await console.get("/sign-in")
    assert page.status == 200
    assert "!console" in page.text
    [link] = page.html.select("main a")
    assert link["href"] == f"https://matrix.to/#/{BOT}"


async def test_a_link_signs_in_who_asked_for_it(console: Console, desk: Desk) -> None:
    page = await use(console, await link_of(desk, ANNA))
    assert (page.status, page.goes_to) == (303, "/console/")
    [cookie] = [value for value in page.response.headers.get_list("set-cookie") if value.startswith(COOKIE)]
    assert {"HttpOnly", "Secure", "Path=/console", "SameSite=lax"} <= set(cookie.split("; "))
    assert (await console.get("/")).goes_to == "/console/sessions/queue"
    [entry] = desk.stored.audit.values()
    assert (entry.actor, entry.action) == (ANNA, "console.signed_in")


async def test_looking_at_a_link_does_not_use_it_up(console: Console, desk: Desk) -> None:
    """Homeservers and clients fetch links for their previews."""
    token = await link_of(desk, ANNA)
    for _ in range(3):
        assert ANNA in (await console.get(f"/sign-in/{token}")).text
    assert (await use(console, token)).status == 303


async def test_a_link_is_good_once(console: Console, desk: Desk) -> None:
    token = await link_of(desk, ANNA)
    fields = await proof_in(console, token)
    assert (await console.send_unsigned(f"/sign-in/{token}", fields)).status == 303
    for page in (
        await console.send_unsigned(f"/sign-in/{token}", fields),
        await console.get(f"/sign-in/{token}"),
    ):
        assert page.status == 410
        assert "used already" in page.text
        assert "!console" in page.text
        assert COOKIE not in page.response.headers.get("set-cookie", "")


async def test_of_two_who_use_a_link_at_once_one_is_let_in(console: Console, desk: Desk) -> None:
    token = await link_of(desk, ANNA)
    async with Console(desk) as other:
        proofs = [await proof_in(browser, token) for browser in (console, other)]
        pages = await asyncio.gather(
            console.send_unsigned(f"/sign-in/{token}", proofs[0]),
            other.send_unsigned(f"/sign-in/{token}", proofs[1]),
        )
    assert sorted(page.status for page in pages) == [303, 410]


@pytest.mark.parametrize("token", ["unknown", "x" * 5000, "%00", "é"])
async def test_an_unknown_link_lets_nobody_in(console: Console, token: str) -> None:
    page = await console.get(f"/sign-in/{token}")
    assert page.status == 404
    assert COOKIE not in page.response.headers.get("set-cookie", "")


async def test_a_link_ends_after_some_minutes_or_with_a_newer_one(console: Console, desk: Desk) -> None:
    first = await link_of(desk, ANNA)
    second = await link_of(desk, ANNA)
    assert (await console.get(f"/sign-in/{first}")).status == 410
    desk.clock.advance(GOOD_FOR.total_seconds())
    page = await console.get(f"/sign-in/{second}")
    assert page.status == 410
    assert "no longer good" in page.text


async def test_who_lost_their_role_meanwhile_is_not_let_in(console: Console, desk: Desk) -> None:
    token = await link_of(desk, BORIS)
    await put_out(desk, BORIS)
    page = await use(console, token)
    assert page.status == 403
    assert f"please ask {ADA}" in page.text


async def test_another_page_cannot_sign_a_browser_in(console: Console, desk: Desk) -> None:
    """Somebody's link, sent by a page of theirs, would let its visitor work under their name."""
    token = await link_of(desk, ANNA)
    assert (await console.send_unsigned(f"/sign-in/{token}", {})).status == 403
    async with Console(desk) as other:
        proof = await proof_in(other, token)
    assert (await console.send_unsigned(f"/sign-in/{token}", proof)).status == 403
    assert (await use(console, token)).status == 303


async def test_the_link_does_not_leak(
    console: Console, desk: Desk, logged: list[MutableMapping[str, Any]]
) -> None:
    token = await link_of(desk, ANNA)
    for page in (
        await console.send_unsigned(f"/sign-in/{token}", {}),
        await console.get(f"/sign-in/{token}"),
        await use(console, token),
        await console.get(f"/sign-in/{token}"),
    ):
        assert page.status == 403 or page.response.headers["referrer-policy"] == "no-referrer"
    assert logged
    assert token not in repr(logged)


async def test_signing_in_again_makes_a_new_cookie(console: Console, desk: Desk) -> None:
    """A cookie that somebody else put there is worth nothing afterwards."""
    console.sign_in(BORIS)
    before = console.cookies
    page = await console.get(f"/sign-in/{await link_of(desk, ANNA)}")
    assert BORIS in page.text
    await use(console, await link_of(desk, ANNA))
    assert not set(before) & set(console.cookies)
    first = console.csrf
    await use(console, await link_of(desk, ANNA))
    assert console.csrf != first


async def test_one_comes_back_to_the_page_that_was_asked_for(console: Console, desk: Desk) -> None:
    await console.get("/sign-in?next=/console/sessions/12?tab=notes")
    assert (await use(console, await link_of(desk, ANNA))).goes_to == "/console/sessions/12?tab=notes"
    # And who is signed in already goes there at once.
    assert (await console.get("/sign-in?next=/console/apps")).goes_to == "/console/apps"


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/console/\\evil.example",
    "\\\\evil.example",
    "/evil",
    "/consoleevil",
    "javascript:alert(1)",
    "/console/\n//evil.example",
    "\t//evil.example",
    " /console/",
    "/console/" + "x" * 3000,
    "/console/sign-out",
    "/console/sign-in/some-token",
    "/console/é",
    "",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_nobody_is_sent_elsewhere(console: Console, desk: Desk, wanted: str) -> None:
    assert local_path(wanted, "/console") is None
    await console.get(str(httpx.URL("/sign-in", params={"next": wanted})))
    console.put_cookie("livechat_next", str(httpx.QueryParams({"x": wanted}))[2:])
    assert (await use(console, await link_of(desk, ANNA))).goes_to == "/console/"
    assert (await console.get(str(httpx.URL("/sign-in", params={"next": wanted})))).goes_to == "/console/"


def test_without_a_path_of_our_own_other_hosts_are_refused_as_well() -> None:
    assert local_path("//evil.example", "") is None
    assert local_path("/sessions", "") == "/sessions"


async def test_signing_out(console: Console, desk: Desk) -> None:
    await use(console, await link_of(desk, ANNA))
    page = await console.post("/sign-out")
    assert page.goes_to == "/console/sign-in"
    page = await console.get("/sign-in")
    assert "You are signed out." in page.text
    assert "sign-in" in (await console.get("/")).goes_to


async def test_who_loses_their_roles_is_shown_out_at_once_and_can_sign_out(
    console: Console, desk: Desk
) -> None:
    console.sign_in(BORIS)
    assert (await console.get("/")).status == 303
    await put_out(desk, BORIS)
    page = await console.get("/")
    assert page.status == 403
    assert f"please ask {ADA}" in page.text
    assert page.html.select("form[action$='/sign-out']")
    assert (await console.get("/live?topics=live_chat:1")).status == 403
    assert (await console.post("/sign-out")).goes_to == "/console/sign-in"


async def test_who_still_serves_a_session_finishes_it(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take(BORIS)
    await put_out(desk, BORIS)
    console.sign_in(BORIS)
    assert (await console.get("/")).status == 303


async def test_who_is_disabled_is_shown_out_unless_an_administrator(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    async with desk.store.begin() as work:
        await work.employees.set_disabled(ANNA, is_disabled=True)
        await work.employees.set_disabled(ADA, is_disabled=True)
        await work.commit()
    page = await console.get("/")
    assert page.status == 403
    assert "disabled" in page.text
    console.sign_in(ADA)
    assert (await console.get("/")).status == 303


async def test_who_works_stays_signed_in_but_not_for_ever(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    step = SIGNED_IN_FOR - timedelta(minutes=1)
    proof = unmasked(console.csrf)
    for _ in range(int(LONGEST / step)):
        desk.clock.advance(step.total_seconds())
        assert (await console.get("/")).goes_to == "/console/sessions/queue"
    assert unmasked(console.csrf) == proof  # forms in open pages stay good
    desk.clock.advance(step.total_seconds())
    assert "sign-in" in (await console.get("/")).goes_to


async def test_open_pages_that_ask_for_their_parts_keep_nobody_signed_in(
    console: Console, desk: Desk
) -> None:
    console.sign_in(ANNA)
    desk.clock.advance(RENEWED_AFTER.total_seconds() + 1)
    assert "set-cookie" not in (await console.get("/", hx_request="true")).response.headers
    assert COOKIE in (await console.get("/")).response.headers["set-cookie"]


async def test_signing_in_cannot_be_tried_for_ever(console: Console) -> None:
    for _ in range(EACH):
        assert (await console.get("/sign-in/nothing")).status == 404
    page = await console.get("/sign-in/nothing")
    assert page.status == 429
    assert 1 <= int(page.response.headers["retry-after"]) <= 60
    assert "Wait a minute" in page.text
    assert (await console.send_unsigned("/sign-in/nothing", {})).status == 429


async def test_what_is_told_goes_by_https_alone_as_well(desk: Desk) -> None:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        told = (await console.post("/sign-out", {})).response.headers.get_list("set-cookie")
    assert [cookie for cookie in told if cookie.startswith("livechat_flash") and "Secure" in cookie]


async def test_without_https_the_cookie_goes_by_http(desk: Desk) -> None:
    async with Console(desk) as console:
        console.visitors.is_secure = False
        response = Response()
        console.visitors.sign_in(response, ANNA)
    assert "Secure" not in response.headers["set-cookie"]
    assert ADDRESS.startswith("https:")
