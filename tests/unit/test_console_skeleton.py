"""What all pages of the console have in common."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from livechat_plugin.web.console.visitor import SIGNED_IN_FOR, known, signed_in
from tests.unit.console import Console, every_route
from tests.unit.desk import ANNA, CARLA, SAM, Desk
from tests.unit.wiring import ADA, ADDRESS

PUBLIC = {"/sign-in", "/sign-in/{token}"}
"""Pages for those who are not signed in yet."""


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


def test_every_page_needs_somebody_signed_in_unless_it_is_listed_as_public(console: Console) -> None:
    for route in every_route(console.application):
        if route.path not in PUBLIC:
            asked = [dependency.call for dependency in route.dependant.dependencies]
            assert signed_in in asked or (route.path == "/sign-out" and known in asked), route.path


async def test_who_is_not_signed_in_is_asked_to_sign_in_and_comes_back(console: Console) -> None:
    page = await console.get("/")
    assert page.status == 303
    assert page.goes_to == "/console/sign-in?next=/console/"


@pytest.mark.parametrize(
    ("user", "goes_to"),
    [(ANNA, "/sessions/queue"), (SAM, "/sessions/active"), (ADA, "/live-chats")],
    ids=["operator", "supervisor", "administrator"],
)
async def test_everybody_begins_with_what_they_do_most(console: Console, user: str, goes_to: str) -> None:
    console.sign_in(user)
    assert (await console.get("/")).goes_to == f"/console{goes_to}"


async def test_who_has_no_role_is_told_whom_to_ask(console: Console) -> None:
    console.sign_in(CARLA)
    page = await console.get("/")
    assert page.status == 403
    assert f"please ask {ADA}" in page.text


async def test_a_cookie_ends_after_some_hours_without_work(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    desk.clock.advance(SIGNED_IN_FOR.total_seconds())
    assert "sign-in" in (await console.get("/")).goes_to


async def test_a_changed_cookie_lets_nobody_in(console: Console) -> None:
    console.sign_in(ANNA)
    [cookie] = console.cookies
    for changed in (cookie[:-1], cookie.replace(cookie[3], "x" if cookie[3] != "x" else "y", 1), "", "x.y.z"):
        async with httpx.AsyncClient(transport=console.transport, base_url=ADDRESS) as other:
            response = await other.get("/console/", headers={"cookie": f"livechat_console={changed}"})
        assert "sign-in" in response.headers["location"]


async def test_every_response_is_safe_against_being_framed_and_against_foreign_scripts(
    console: Console,
) -> None:
    console.sign_in(CARLA)
    for path in ("/", "/nothing-here"):
        headers = (await console.get(path)).response.headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


async def test_an_unknown_page_says_so_in_the_layout(console: Console) -> None:
    console.sign_in(ANNA)
    page = await console.get("/nothing-here")
    assert page.status == 404
    assert "There is no such page." in page.text


async def test_every_live_part_of_a_page_can_be_asked_for_alone(console: Console, desk: Desk) -> None:
    """What a part needs must be there without the layout; whoever adds a live part finds out here."""
    await desk.write(CARLA)
    await desk.take(ANNA)
    pages = {
        ANNA: ["/sessions/queue", "/sessions/mine", "/sessions/closed", "/sessions/1", "/items"],
        SAM: [
            "/sessions/active",
            "/sessions/1",
            "/dashboard",
            "/live-chats",
            "/live-chats/support",
            "/operators",
        ],
        ADA: [
            "/live-chats",
            "/live-chats/support",
            "/operators",
            "/apps",
            "/groups",
            "/messengers",
            "/hooks",
            "/audit",
        ],
    }
    tried = 0
    for user, paths in pages.items():
        console.sign_in(user)
        for path in paths:
            page = await console.get(path)
            assert page.status == 200, (user, path)
            for part in page.html.select("[data-live][hx-get]"):
                address = str(part["hx-get"]).removeprefix("/console")
                if part.get("id"):
                    alone = await console.get(address, hx_request="true", hx_target=str(part["id"]))
                    assert alone.status == 200, (user, path, part["id"])
                    assert not alone.html.find("main"), (user, path, part["id"])
                    tried += 1
    assert tried > 10
