"""No request, whatever it holds, brings the console or the panel to a failure of its own."""

import os
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import livechat_plugin.web
from tests.unit.console import Console
from tests.unit.desk import ANNA, CARLA, SAM, Desk
from tests.unit.panel import Panel
from tests.unit.wiring import ADA

EXAMPLES = int(os.environ.get("LIVECHAT_FUZZ_EXAMPLES", "100"))
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each try costs a page: what fails is small enough
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.timeout(3600)

ENDLESS = "/live"
"""A stream of news; asked for elsewhere."""

KNOWN: dict[str, list[Any]] = {
    "number": [1, 2],
    "message_id": [1, 2, 3],
    "slug": ["support"],
    "app_key": ["contacts"],
    "key": ["contacts"],
}
"""What exists, so that not everything ends at the door."""

ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "-1",
            "1e9",
            str(2**63),
            "9" * 30,
            "NaN",
            "null",
            "[]",
            "{}",
            "on",
            "true",
            "@x",
            "@x:",
            "@:x",
        ),
        *(
            "../../etc/passwd",
            "..%2f",
            "\0",
            "\r\nset-cookie: x=y",
            "<script>",
            "javascript:alert(1)",
            "mxc://x/y",
        ),
        *("\u202e", "\U0001f600", "é" * 300, "x" * 70_000, "0001-01-01T00:00", "9999-12-31T23:59:59Z", "١٢٣"),
        *(
            "support",
            "contacts",
            ADA,
            ANNA,
            CARLA,
            "string",
            "account",
            "Europe/Paris",
            "[[[",
            "%s",
            "{0.__class__}",
        ),
    ]
)
WRITTEN = ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@cache
def names_of_inputs() -> list[str]:
    """Every name that an input of ours has, or that a page asks a form for."""
    folder = Path(livechat_plugin.web.__file__).parent
    found: set[str] = {"field-account", "field-name-zone", "field-file-last"}
    for page in (*folder.rglob("*.html"), *folder.rglob("*.py")):
        text = page.read_text(encoding="utf-8")
        found |= set(re.findall(r'\bname="([a-z][a-z_-]*)"', text))
        found |= set(re.findall(r'\b(?:form|sent|data)\.(?:get|getlist|multi_items)\("([a-z_-]+)"', text))
        found |= set(re.findall(r"(\w+): Annotated\[[^\]]*Form\(", text))
    assert len(found) > 20
    return sorted(found)


FORMS = st.deferred(
    lambda: st.dictionaries(st.sampled_from(names_of_inputs()), WRITTEN | st.lists(WRITTEN, max_size=3))
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "hx-request": st.just("true"),
        "hx-target": st.just("#x"),
        "referer": st.sampled_from(
            ["https://evil.example/x", "https://livechat.example.org/console/x", "//", "\xff"]
        ),
        "accept-encoding": st.sampled_from(["gzip", "gzip;q=x", "*", ";;"]),
        "if-none-match": st.just('W/"x"'),
        "range": st.sampled_from(["bytes=0-", "bytes=9-1", "x"]),
        "x-forwarded-for": st.sampled_from(["::1", "x, y", "1.2.3.4:5"]),
        "host": st.sampled_from(["evil.example", "[::1", "a b"]),
        "content-type": st.sampled_from(["multipart/form-data", "text/plain", "application/json", "x"]),
    },
)


_found: dict[str, list[Any]] = {}


def operations(application: Any) -> list[Any]:
    """Every path with its methods; making strategies of them takes its time, so it is done once."""
    if application.title not in _found:
        _found[application.title] = _operations(application)
    return _found[application.title]


def _operations(application: Any) -> list[Any]:
    schema = schemathesis.openapi.from_dict({**application.openapi(), "openapi": "3.1.0"})
    results: list[Any] = list(schema.get_all_operations())
    return [operation for result in results if (operation := result.ok()).path != ENDLESS]


def draw_request(data: st.DataObject, found: list[Any]) -> tuple[str, str, dict[str, Any]]:
    """Method, path with its query, and what else is sent."""
    operation = data.draw(st.sampled_from(found), label="operation")
    case = data.draw(operation.as_strategy(), label="case")
    for name in case.path_parameters or {}:
        if name in KNOWN and data.draw(st.booleans()):
            case.path_parameters[name] = data.draw(st.sampled_from(KNOWN[name]))
    made = case.as_transport_kwargs(base_url="http://x")
    headers = {
        name: value.encode("latin-1", "replace")
        for name, value in data.draw(HEADERS, label="headers").items()
    }
    sent: dict[str, Any] = {"headers": headers, "params": made.get("params")}
    if operation.method.upper() == "POST":
        sent["data"] = data.draw(FORMS, label="form")
    return operation.method.upper(), str(made["url"]).removeprefix("http://x"), sent


async def work(desk: Desk) -> None:
    """Something that pages can show: an open session with words in it, and one that waits."""
    if desk.stored.sessions:
        return
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.enter(ANNA)
    await desk.answer(ANNA, "Good day")


async def bearer_of(desk: Desk, panel: Panel, user: str) -> str:
    """Somebody's token; asked for while they still may, since what is fuzzed may take a role from them."""
    response = await panel.sign_in(user, desk.session_room().room_id)
    return panel.bearer if response.is_success else ""


@pytest.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


@pytest.fixture
async def panel(desk: Desk) -> AsyncIterator[Panel]:
    async with Panel(desk) as panel:
        yield panel


@FUZZED
@given(data=st.data(), user=st.sampled_from([ADA, ANNA, SAM, None]))
async def test_no_request_breaks_the_console(
    desk: Desk, console: Console, data: st.DataObject, user: str | None
) -> None:
    await work(desk)
    console.forget_cookies()
    method, path, sent = draw_request(data, operations(console.application))
    if user is not None:
        console.sign_in(user)
        if method == "POST" and data.draw(st.integers(0, 9)):
            sent["headers"]["x-csrf-token"] = console.csrf.encode()
    response = (await console.request(method, path, **sent)).response
    assert response.status_code < 500, (method, path, user)
    if (
        response.status_code != 404 or "text/html" in response.headers["content-type"]
    ):  # `..` may lead out of it
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in response.headers


@FUZZED
@given(data=st.data(), user=st.sampled_from([ANNA, SAM, None]))
async def test_no_request_breaks_the_panel(
    desk: Desk, panel: Panel, data: st.DataObject, user: str | None
) -> None:
    await work(desk)
    method, path, sent = draw_request(data, operations(panel.application))
    if user is not None and (bearer := await bearer_of(desk, panel, user)):
        sent["headers"]["authorization"] = f"Bearer {bearer}".encode()
    answer = await panel.request(method, path, **sent)
    assert answer.status_code < 500, (method, path, user)
    assert answer.status_code == 404 or answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/live?topics=" + "x" * 5000, "/live?topics=%00", "/live"])
async def test_nor_does_the_stream_of_news_for_strangers(desk: Desk, path: str) -> None:
    async with Console(desk) as console:
        assert (await console.get(path)).status in {303, 401}
