"""Whoever is let in sees and changes what is theirs, whatever address they ask for (SEC-ROLE)."""

import copy
import re
from typing import Any

import pytest

from livechat_plugin.core.content import Media
from livechat_plugin.services.live_chats import LiveChatForm
from tests.unit.console import Console, every_route
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.wiring import SERVER

DORA = f"@dora:{SERVER}"
"""An operator of another live chat."""
ERIC = f"@eric:{SERVER}"
"""Its supervisor."""

SECRETS = ("a secret of Carla's", "an answer to Carla", "an inner note", "carlas-file.png")
KNOWN = {
    "number": "1",
    "message_id": "1",
    "slug": "support",
    "key": "contacts",
    "app_key": "contacts",
    "name": "crew",
}
FORM = {
    "words": "forged", "text": "forged", "to": "@dora:example.org", "operator": "@dora:example.org", "priority": "high",
    "subject": "forged", "name": "forged", "slug": "support", "operators": "@dora:example.org", "upto": "1", "user": DORA,
    "do": "disable", "members": DORA, "add": DORA, "title": "forged", "reason": "forged", "status": "offline", "disabled": "on",
}  # fmt: skip
FOR_ADMINISTRATORS = ("/live-chats", "/apps", "/groups", "/operators", "/hooks", "/messengers", "/audit")
THEIR_OWN = {"/sign-out", "/attendance", "/attendance/status", "/attendance/clear"}


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """Carla is served by Anna; Dora and Eric work in a live chat of their own."""
    for user in (DORA, ERIC):
        desk.homeserver.introduce(user)
    await desk.add_live_chat(LiveChatForm("sales", "Sales", (DORA,), (ERIC,), (f"@*:{SERVER}",)))
    await desk.write(CARLA, SECRETS[0])
    await desk.take(ANNA)
    await desk.enter(ANNA)
    await desk.answer(ANNA, SECRETS[1])
    await desk.answer(ANNA, f"!note {SECRETS[2]}")
    url = desk.homeserver.upload("x.png", b"x", "image/png")
    await desk.people.say(CARLA, desk.chat().room_id, Media("image", url, SECRETS[3], "image/png"))
    await desk.settle()
    return desk


def addresses(console: Console) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: KNOWN.get(found[1], "1"), route.path))
        for route in every_route(console.application)
        for method in sorted(route.methods or ())
        if route.path != "/live"
    ]


def state(desk: Desk) -> Any:
    """All that is kept, but for who is at work."""
    kept = (
        vars(desk.stored)
        if hasattr(desk.stored, "__dict__")
        else {n: getattr(desk.stored, n) for n in desk.stored.__slots__}
    )
    names = ("sessions", "conversations", "messages", "live_chats", "items", "links", "groups", "apps")
    return copy.deepcopy({name: kept[name] for name in names if name in kept})


@pytest.mark.parametrize("user", [DORA, ERIC])
async def test_who_works_elsewhere_reads_and_changes_nothing_of_a_live_chat(busy: Desk, user: str) -> None:
    before = state(busy)
    assert before
    async with Console(busy) as console:
        console.sign_in(user)
        for method, path in addresses(console):
            if path in THEIR_OWN:
                continue
            sent: dict[str, Any] = (
                {"data": FORM, "headers": {"x-csrf-token": console.csrf}} if method == "POST" else {}
            )
            page = await console.request(method, path, **sent)
            assert page.status < 500, (method, path)
            assert not [secret for secret in SECRETS if secret in page.response.text], (method, path)
            assert page.response.content != b"x", (method, path)
    await busy.settle()
    assert state(busy) == before


@pytest.mark.parametrize("user", [ANNA, BORIS, SAM, DORA])
async def test_what_is_for_administrators_is_closed_to_all_others(busy: Desk, user: str) -> None:
    before = state(busy)
    async with Console(busy) as console:
        console.sign_in(user)
        walked = [
            (method, path) for method, path in addresses(console) if path.startswith(FOR_ADMINISTRATORS)
        ]
        assert len(walked) > 15
        for method, path in walked:
            sent: dict[str, Any] = (
                {"data": FORM, "headers": {"x-csrf-token": console.csrf}} if method == "POST" else {}
            )
            page = await console.request(method, path, **sent)
            may_look = method == "GET" and (user == SAM or path == "/operators")  # of their own live chats
            assert page.status in {403, 404, 405, 409, 422} or may_look, (method, path, page.status)
            assert user != DORA or ANNA not in page.text, path
    await busy.settle()
    assert state(busy) == before


async def test_a_colleagues_session_cannot_be_answered_or_handed_on(busy: Desk) -> None:
    """Boris works in the same live chat; Anna's session is hers all the same."""
    before = state(busy)
    async with Console(busy) as console:
        console.sign_in(BORIS)
        for path in (
            "answer",
            "close",
            "rename",
            "set-priority",
            "transfer",
            "priority",
            "take-over",
            "connect",
        ):
            sent: dict[str, Any] = {"data": FORM, "headers": {"x-csrf-token": console.csrf}}
            page = await console.request("POST", f"/sessions/1/{path}", **sent)
            assert page.status in {403, 404, 409, 422}, (path, page.status)
    await busy.settle()
    assert state(busy) == before
