"""What nobody waits for lets go first what somebody waits for, but only for a moment."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from livechat_plugin.services import dispatcher as module
from livechat_plugin.services.deliveries import PrepareSessionRoom, ShowCard, session_lane
from tests.unit.test_dispatcher import Post

OPERATORS = "conversation:7:operators"


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    monkeypatch.setattr(module, "HEAD_START", 0.01)
    async with Post().at_work() as post:
        yield post


async def test_a_room_is_dressed_after_its_session_s_card_is_shown(post: Post) -> None:
    post.stalled.add("card")
    await post.owe(session_lane(12), "card")
    await post.owe(OPERATORS, PrepareSessionRoom(12, 7), "words")
    await post.owe(session_lane(13), "other card")
    await post.until(lambda: post.made == ["other card"])

    await asyncio.sleep(0.01)
    assert post.made == ["other card"]

    post.stalled.clear()
    await post.until_done()
    assert post.made == ["other card", "card", "room 12", "words"]


async def test_a_room_is_dressed_all_the_same_when_the_card_takes_its_time(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GIVES_WAY", 0.01)
    post.stalled.add("card")
    await post.owe(session_lane(12), "card")
    await post.owe(OPERATORS, PrepareSessionRoom(12, 7))

    await post.until(lambda: post.made == ["room 12"])

    post.stalled.clear()
    await post.until_done()


async def test_the_new_card_of_a_taken_session_waits_for_the_invitation(post: Post) -> None:
    post.stalled.add("invitation")
    await post.owe(OPERATORS, "invitation")
    await post.owe(session_lane(12), ShowCard(12, gives_way_to=OPERATORS))

    await asyncio.sleep(0.01)
    assert not post.made

    post.stalled.clear()
    await post.until_done()
    assert post.made == ["invitation", "12"]


async def test_a_card_that_gives_way_to_nothing_is_shown_at_once(post: Post) -> None:
    await post.owe(session_lane(12), ShowCard(12, gives_way_to=OPERATORS))

    await post.until_done()

    assert post.made == ["12"]
