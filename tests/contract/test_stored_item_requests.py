"""What the repository of requests about items promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.item_requests import ItemRequest, RequestState
from tests.contract.stores import NOW, Kept, committed_conversation

ANNA, BORIS = "@anna:example.org", "@boris:example.org"


async def request(kept: Kept, token: str = "token") -> ItemRequest:
    conversation = await committed_conversation(kept)
    values = {"name": "Cärla", "age": 1.5, "is_new": False, "account": ["web:7"]}
    return ItemRequest(
        token, ANNA, conversation.id, conversation.account_id, "contacts", NOW, None, None, values
    )


async def test_a_request_comes_back_as_it_was_and_to_nobody_else(kept: Kept) -> None:
    asked = await request(kept)
    async with kept.store.begin() as unit:
        assert await unit.item_requests.add(asked)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.item_requests.get("token", ANNA) == asked
        assert await unit.item_requests.get("token", BORIS) is None
        assert await unit.item_requests.get("other", ANNA) is None


async def test_a_token_is_one_request_unless_it_was_refused(kept: Kept) -> None:
    asked = await request(kept)
    again = replace(asked, values={"name": "Carla Corp"}, session_number=3, item_id="7")
    async with kept.store.begin() as unit:
        assert await unit.item_requests.add(asked)
        assert not await unit.item_requests.add(again)
        await unit.item_requests.answer("token", RequestState.REFUSED, "no", {"name": "is wrong"})
        assert not await unit.item_requests.add(replace(again, actor=BORIS))
        refused = await unit.item_requests.get("token", ANNA)
        assert refused == replace(asked, state=RequestState.REFUSED, told="no", errors={"name": "is wrong"})
        assert await unit.item_requests.add(again)
        assert await unit.item_requests.get("token", ANNA) == again
        await unit.item_requests.answer("token", RequestState.DONE, "yes")
        assert not await unit.item_requests.add(again)
        assert await unit.item_requests.get("token", ANNA) == replace(
            again, state=RequestState.DONE, told="yes"
        )


async def test_an_answer_to_what_is_forgotten_is_passed_over(kept: Kept) -> None:
    asked = await request(kept)
    async with kept.store.begin() as unit:
        await unit.item_requests.add(asked)
        await unit.item_requests.add(replace(asked, token="new", at=NOW + timedelta(hours=1)))
        await unit.item_requests.forget(NOW + timedelta(minutes=1))
        await unit.item_requests.answer("token", RequestState.DONE, "yes")
        assert await unit.item_requests.get("token", ANNA) is None
        assert await unit.item_requests.get("new", ANNA) is not None


async def test_it_needs_its_conversation(kept: Kept) -> None:
    asked = await request(kept)
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.item_requests.add(replace(asked, conversation_id=99))
