"""The endpoints of the homeserver: acknowledged when committed, never before."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from livechat_plugin.core.errors import LivechatError, Stopping, StoreUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.events import MatrixEventReader
from livechat_plugin.services.background import Background
from livechat_plugin.services.room_events import AnyRoomEvent, MessageSent, RejectedEvent, Signal
from livechat_plugin.web.application import SharedReadiness, create_application
from livechat_plugin.web.metrics import PrometheusMeter
from livechat_plugin.web.transactions import LARGEST, Transactions

TOKEN = "the-homeservers-own-token"
EVENT = {
    "type": "m.room.message",
    "event_id": "$one",
    "room_id": "!room",
    "sender": "@carla:example.org",
    "origin_server_ts": 1_700_000_000_000,
    "content": {"msgtype": "m.text", "body": "hello"},
}


class Taken:
    """Stands for the inbox and the signals: notes what came, or is out of order."""

    def __init__(self) -> None:
        self.events: list[AnyRoomEvent | RejectedEvent] = []
        self.signals: list[Signal] = []
        self.trouble: Exception | None = None

    async def receive(self, events: Sequence[AnyRoomEvent | RejectedEvent]) -> None:
        if self.trouble:
            raise self.trouble
        self.events += events

    async def relay(self, signals: Sequence[Signal]) -> None:
        self.signals += signals


class Web:
    def __init__(self, mounted: dict[str, Any] | None = None) -> None:
        self.taken = Taken()
        self.is_waiting = False
        self.asked = 0
        self.broken = False
        self.missing: dict[str, str] = {}
        self.meter = PrometheusMeter()
        reader = MatrixEventReader(Naming("livechat", "example.org"))
        inbox: Any = self.taken
        transactions = Transactions(
            TOKEN,
            inbox,
            inbox,
            reader,
            Background(),
            self.meter,
            is_waiting=lambda: self.is_waiting,
        )
        self.remarks: dict[str, str] = {}
        application = create_application(
            transactions,
            self.meter,
            self._missing,
            lambda: 3,
            self._running,
            lambda: self.remarks,
            mounted=mounted,
        )
        transport = httpx.ASGITransport(application)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://plugin")

    async def _missing(self) -> dict[str, str]:
        self.asked += 1
        await asyncio.sleep(0.02)
        if self.broken:
            raise RuntimeError("cannot even ask")
        return dict(self.missing)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        yield

    async def push(self, content: Any, token: str | None = TOKEN) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        kind = "content" if isinstance(content, bytes) else "json"
        path = "/_matrix/app/v1/transactions/7"
        return await self.client.request("PUT", path, headers=headers, **{kind: content})


@pytest.fixture
def web() -> Web:
    return Web()


async def test_events_are_taken_in_and_acknowledged(web: Web) -> None:
    answer = await web.push({"events": [EVENT]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert [type(event) for event in web.taken.events] == [MessageSent]


@pytest.mark.parametrize("trouble", [StoreUnavailable("gone"), Stopping()], ids=["away", "stopping"])
async def test_nothing_is_acknowledged_that_was_not_taken_in(web: Web, trouble: LivechatError) -> None:
    web.taken.trouble = trouble
    answer = await web.push({"events": [EVENT]})
    assert answer.status_code == 503
    assert answer.json()["errcode"] == "M_UNKNOWN"


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1]])
async def test_without_the_homeservers_token_nothing_is_taken_in(web: Web, token: str | None) -> None:
    answer = await web.push({"events": [EVENT]}, token)
    assert answer.status_code in {401, 403}
    assert not web.taken.events


async def test_the_token_in_the_query_does_not_count(web: Web) -> None:
    path = f"/_matrix/app/v1/transactions/7?access_token={TOKEN}"
    assert (await web.client.put(path, json={"events": []})).status_code == 401


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b'{"events": 7}', b"\xff"])
async def test_what_is_no_transaction_is_refused(web: Web, content: bytes) -> None:
    answer = await web.push(content)
    assert answer.status_code == 400
    assert answer.json()["errcode"] in {"M_NOT_JSON", "M_BAD_JSON"}


async def test_more_than_any_transaction_is_refused_without_being_read_to_its_end(web: Web) -> None:
    answer = await web.push(b" " * (LARGEST + 1))
    assert answer.status_code == 400


async def test_malformed_event_does_not_stop_its_transaction(web: Web) -> None:
    answer = await web.push({"events": [{"type": 7}, EVENT]})
    assert answer.status_code == 200
    assert [type(event) for event in web.taken.events] == [RejectedEvent, MessageSent]


@pytest.mark.parametrize("key", ["ephemeral", "de.sorunome.msc2409.ephemeral"])
async def test_typing_is_passed_on(web: Web, key: str) -> None:
    typing = {"type": "m.typing", "room_id": "!room", "content": {"user_ids": ["@carla:example.org"]}}
    await web.push({"events": [], key: [typing]})
    await asyncio.sleep(0)  # nobody waits for signals; they are passed on at the next turn of the loop
    assert [signal.room_id for signal in web.taken.signals] == ["!room"]


async def test_while_another_process_serves_the_transaction_must_come_again(web: Web) -> None:
    web.is_waiting = True
    answer = await web.push({"events": [EVENT]})
    assert answer.status_code == 503
    assert "Another process" in answer.json()["error"]
    assert not web.taken.events
    web.is_waiting = False
    assert (await web.push({"events": [EVENT]})).status_code == 200


async def test_ping_and_queries_need_the_token(web: Web) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert (await web.client.post("/_matrix/app/v1/ping", json={})).status_code == 401
    assert (await web.client.post("/_matrix/app/v1/ping", json={}, headers=headers)).status_code == 200
    user = "/_matrix/app/v1/users/@livechat_none:example.org"
    assert (await web.client.get(user)).status_code == 401
    assert (await web.client.get(user, headers=headers)).status_code == 404


async def test_readiness_names_what_is_missing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livechat_plugin.web.application.FRESH_FOR", 0)
    assert (await web.client.get("/ready")).status_code == 200
    web.missing = {"database": "gone"}
    answer = await web.client.get("/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, {"database": "gone"})


async def test_however_many_ask_for_readiness_it_is_looked_at_once(web: Web) -> None:
    answers = await asyncio.gather(*(web.client.get("/ready") for _ in range(20)))
    answers += [await web.client.get("/ready") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert web.asked == 1


async def test_who_goes_away_does_not_spoil_the_answer_for_others(web: Web) -> None:
    shared = SharedReadiness(web._missing)
    impatient, patient = asyncio.create_task(shared()), asyncio.create_task(shared())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == {}
    assert web.asked == 1


async def test_a_failure_to_look_is_not_remembered(web: Web) -> None:
    shared = SharedReadiness(web._missing)
    web.broken = True
    with pytest.raises(RuntimeError):
        await shared()
    web.broken = False
    assert await shared() == {}


async def test_metrics_count_by_label(web: Web) -> None:
    web.meter.count("events", "handled")
    web.meter.count("reconciliations")
    text = (await web.client.get("/metrics")).text
    assert 'livechat_events_total{outcome="handled"} 1.0' in text
    assert "livechat_reconciliations_total 1.0" in text
    assert "livechat_deliveries_waiting 3.0" in text


async def test_readiness_tells_what_is_worth_knowing(web: Web) -> None:
    web.remarks = {"plugin": "switched off"}
    answer = await web.client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "remarks": {"plugin": "switched off"}}


async def test_metrics_show_what_is_switched_on(web: Web) -> None:
    web.meter.configured(is_on=True, is_refused=False, hooks=["greeting", "first_response"])
    web.meter.configured(is_on=False, is_refused=True, hooks=["greeting"])
    shown = (await web.client.get("/metrics")).text
    assert "livechat_switched_on 0.0" in shown
    assert "livechat_configuration_refused 1.0" in shown
    assert 'livechat_hook_switched_on{hook="greeting"} 1.0' in shown
    assert "first_response" not in shown
