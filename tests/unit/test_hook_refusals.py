"""A hook that stores items may refuse, which is an answer; and it has the time that its question allows."""

import asyncio
from typing import Any

import pytest

from livechat_plugin import Account, App, AppUnavailable, Hook, HookSettings, InvalidItem, Item, hookimpl
from livechat_plugin.hookcalls import Answer, Hooks
from tests.unit.test_app_catalogue import app
from tests.unit.test_hookcalls import named

ITEM = Item("contacts", "7", "Carla Corp")
WHO: dict[str, Any] = {"app": app("contacts"), "customer": Account(1, "matrix", "@carla:x", "Carla")}
LINKING = {**WHO, "item_id": None, "values": {}, "author": "@anna:x", "token": "t"}


class Keeper(Hook[HookSettings]):
    def __init__(self, answer: Any, pause: float = 0) -> None:
        super().__init__(HookSettings())
        self.answer = answer
        self.pause = pause

    @hookimpl
    async def livechat_choose_account_item(self, app: App) -> Any:
        return await self._answer()

    @hookimpl
    async def livechat_choose_linked_item(self, app: App) -> Any:
        return await self._answer()

    async def _answer(self) -> Any:
        await asyncio.sleep(self.pause)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def ask(failed: list[str], **answers: Any) -> Answer[Item]:
    hooks = Hooks(
        named(**{name: Keeper(answer) for name, answer in answers.items()}), on_failure=failed.append
    )
    return await hooks.ask("livechat_choose_account_item", Item, **WHO)


async def test_the_first_answer_wins() -> None:
    assert await ask([], a=ITEM, b=None) == Answer(ITEM)
    assert await ask([], a=None) == Answer()


async def test_a_refusal_is_an_answer_and_no_failure() -> None:
    failed: list[str] = []
    answer = await ask(failed, a=ITEM, b=InvalidItem({"phone": "is \0 no number"}))
    assert isinstance(answer.refusal, InvalidItem)
    assert answer.refusal.errors == {"phone": "is  no number"}
    answer = await ask(failed, a=ITEM, b=AppUnavailable("the CRM is away"))
    assert str(answer.refusal) == "the CRM is away"
    assert failed == []


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError("out of order"),
        "nonsense",
        InvalidItem({}),
        InvalidItem({"phone": 7}),  # type: ignore[dict-item]
        AppUnavailable(7),  # type: ignore[arg-type]
    ],
    ids=repr,
)
async def test_a_failure_is_told_apart_from_abstaining(answer: Any) -> None:
    failed: list[str] = []
    assert await ask(failed, a=answer) == Answer(has_failed=True)
    assert failed == ["a"]
    assert await ask(failed, a=ITEM, b=answer) == Answer(ITEM)


async def test_one_that_is_left_out_counts_as_failed() -> None:
    hooks = Hooks(named(a=Keeper(RuntimeError())), failures_allowed=1)
    for _ in range(2):
        assert (await hooks.ask("livechat_choose_account_item", Item, **WHO)).has_failed
    assert hooks.disabled() == ["a.livechat_choose_account_item"]


async def test_where_no_refusal_is_foreseen_it_is_a_failure() -> None:
    failed: list[str] = []
    hooks = Hooks(named(a=Keeper(InvalidItem({"phone": "is no number"}))), on_failure=failed.append)
    assert await hooks.choose("livechat_choose_account_item", Item, **WHO) is None
    assert failed == ["a"]


async def test_storing_may_take_longer_than_looking() -> None:
    hooks = Hooks(named(a=Keeper(ITEM, pause=0.2)), time_limit=0.1)
    assert await hooks.ask("livechat_choose_account_item", Item, **WHO) == Answer(has_failed=True)
    assert await hooks.ask("livechat_choose_linked_item", Item, **LINKING) == Answer(ITEM)
