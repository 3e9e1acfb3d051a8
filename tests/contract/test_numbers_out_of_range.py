"""Numbers come from addresses that anybody can write; a number that cannot be is one that is not there."""

import pytest

from tests.contract.stores import Kept, add_conversation

TOO_LARGE = [2**31, 2**63, 10**30]


@pytest.mark.parametrize("number", TOO_LARGE)
async def test_what_has_an_impossible_number_is_not_there(kept: Kept, number: int) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        assert await unit.sessions.get(number) is None
        assert await unit.messages.get(number) is None
        assert await unit.messages.get(-number) is None
        with pytest.raises(LookupError):
            await unit.conversations.view(number)
        assert await unit.messages.page(conversation.id, 5, before=number) == []
        assert await unit.messages.page(conversation.id, 5, since=-number) == []
        assert await unit.messages.page(conversation.id, 5, since=number) == []
