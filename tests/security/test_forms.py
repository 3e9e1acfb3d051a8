"""Forms come from our own pages, in time, and nobody learns what proves it (SEC-WEB)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from livechat_plugin.web.console import bodies
from livechat_plugin.web.console.proofs import masked, shows, unmasked
from tests.unit.console import Console
from tests.unit.desk import ANNA, Desk
from tests.unit.test_console_safety import with_form
from tests.unit.test_sign_in_pages import proof_in
from tests.unit.test_signing_in import link_of


@pytest.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


async def test_a_proof_is_another_one_on_each_page(console: Console) -> None:
    """Pages are compressed, and hold what others wrote: what never changes could be learned from their lengths."""
    console.sign_in(ANNA)
    page = await console.get("/sessions/queue")
    shown = [str(field["value"]) for field in page.html.select("input[name=csrf]")]
    shown += [str(meta["content"]) for meta in page.html.select("meta[name=csrf]")]
    again = (await console.get("/sessions/queue")).response.text
    assert len(shown) == len(set(shown)) > 1
    assert not any(proof in again or proof[64:] in again for proof in shown)
    for proof in shown:
        assert (await console.request("POST", "/sign-out", data={"csrf": proof})).status == 303
        console.sign_in(ANNA)
        break


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
async def test_a_neighbouring_host_sends_no_form_of_ours(console: Console, desk: Desk, site: str) -> None:
    """It can plant cookies, and may know a proof of its own; which site sends a form, browsers tell themselves."""
    token = await link_of(desk, ANNA)
    fields = await proof_in(console, token)
    sent: Any = {"data": fields, "headers": {"sec-fetch-site": site}}
    assert (await console.request("POST", f"/sign-in/{token}", **sent)).status == 403
    console.sign_in(ANNA)
    sent = {"data": {"csrf": console.csrf}, "headers": {"sec-fetch-site": site}}
    assert (await console.request("POST", "/sign-out", **sent)).status == 403
    sent["headers"] = {"sec-fetch-site": "same-origin"}
    assert (await console.request("POST", "/sign-out", **sent)).status == 303


@pytest.mark.parametrize(
    "shown", ["", "0", "00", "zz", "aa" * 32, "aa" * 31, "é", "\0", "aa" * 500_000, " ", "ab" * 64]
)
def test_nonsense_proves_nothing(shown: str) -> None:
    proof = "aa" * 32
    assert unmasked(masked(proof)) == proof
    assert unmasked(shown) != proof
    assert shows.__module__.endswith("proofs")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_a_body_that_comes_too_slowly_is_left(
    console: Console, monkeypatch: pytest.MonkeyPatch, kind: str, *, is_signed_in: bool
) -> None:
    with_form(console)
    monkeypatch.setattr(bodies, "PATIENCE", 0.1)
    if is_signed_in:
        console.sign_in(ANNA)

    async def never() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await asyncio.Event().wait()

    sending = console.request("POST", "/form", content=never(), headers={"content-type": kind})
    page = await asyncio.wait_for(sending, 30)
    assert page.status in {400, 401, 403, 408}
    assert is_signed_in is ("too long" in page.text)


async def test_a_form_has_a_time_for_all_of_it(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter now and then keeps nothing open."""
    with_form(console)
    monkeypatch.setattr(bodies, "PATIENCE", 0.3)
    console.sign_in(ANNA)

    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.02)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    page = await asyncio.wait_for(console.request("POST", "/form", content=drops(), headers=kind), 30)
    assert page.status == 408
