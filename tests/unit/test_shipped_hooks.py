"""The hooks that ship with the plugin, at work."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from livechat_plugin import SessionState
from livechat_plugin.plugins import AnyHook, FoundHook, hook_class_of
from tests.unit.desk import ANNA, Desk

HOOKS = Path(__file__).parents[2] / "hooks"


def shipped(name: str, **settings: Any) -> AnyHook:
    found = hook_class_of(FoundHook(name, HOOKS / f"{name}.py", is_bundled=True))
    return found(found.settings_model.model_validate(settings))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk(shipped("first_response"), shipped("greeting")).working() as desk:
        await desk.set_up()
        yield desk


async def test_the_first_operator_who_takes_it_gets_the_session(desk: Desk) -> None:
    await desk.write()
    assert desk.session().state is SessionState.WAITING
    await desk.take(ANNA)
    assert desk.session().is_served_by(ANNA)


async def test_first_response_offers_its_rule_and_abstains_for_others(desk: Desk) -> None:
    [rule] = shipped("first_response").livechat_register_routing_rules()  # type: ignore[attr-defined]
    assert rule.name == desk.live_chat.routing_rule
    desk.change_live_chat(routing_rule="another")
    await desk.write()
    assert desk.session().state is SessionState.WAITING


async def test_the_customer_is_greeted_and_bidden_farewell(desk: Desk) -> None:
    await desk.write()
    assert desk.lines(desk.chat())[-1] == (
        "livechat_support: Hello Carla, thank you for writing to Customer Support. "
        "Somebody will be with you shortly."
    )
    await desk.take()
    await desk.answer(ANNA, "!close")
    assert desk.lines(desk.chat())[-1] == (
        "livechat_support: This chat is closed now. If you need anything else, just write again."
    )


async def test_words_are_filled_in_and_other_braces_stay() -> None:
    words = "{customer} at {live_chat}, #{number}, {unknown} {"
    async with Desk(shipped("greeting", greeting=words, farewell="")).working() as desk:
        await desk.set_up()
        await desk.write()
        expected = "livechat_support: Carla at Customer Support, #1, {unknown} {"
        assert desk.lines(desk.chat())[-1] == expected
        await desk.take()
        await desk.answer(ANNA, "!close")
        assert desk.lines(desk.chat())[-1] == expected  # an empty farewell is silence
