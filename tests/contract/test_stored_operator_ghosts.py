"""What the repository of operators' ghosts promises, and what is kept of who spoke (requirement S5)."""

from dataclasses import replace

from livechat_plugin.core.operator_names import OperatorGhost
from tests.contract.stores import NOW, Kept, add_conversation, committed_conversation, seen_by_reader

ANNA, BORIS = "@anna:example.org", "@boris:example.org"


async def test_an_operator_has_one_ghost_with_a_number_of_its_own(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.operator_ghosts.find(ANNA) is None
        ghost = await unit.operator_ghosts.of(ANNA)
        assert ghost == OperatorGhost(ghost.id, ANNA)
        assert await unit.operator_ghosts.of(ANNA) == ghost
        assert (await unit.operator_ghosts.of(BORIS)).id != ghost.id
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.operator_ghosts.find(ANNA) == ghost


async def test_the_name_and_picture_it_was_given_are_kept(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        named = replace(
            await unit.operator_ghosts.of(ANNA), display_name="Anna Ω", avatar_url="mxc://example.org/1"
        )
        await unit.operator_ghosts.save(named)
        assert await unit.operator_ghosts.find(ANNA) == named
        await unit.operator_ghosts.save(replace(named, avatar_url=None))
        assert await unit.operator_ghosts.of(ANNA) == replace(named, avatar_url=None)


async def test_a_conversation_keeps_whom_the_customer_sees(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    shown = replace(conversation, shown_operator=ANNA, shown_ghost="@livechat_op_1:example.org")
    async with kept.store.begin() as unit:
        await unit.conversations.save(shown)
        await unit.commit()
    assert (await seen_by_reader(kept, conversation.id)).conversation == shown


async def test_a_message_keeps_who_spoke_it_to_the_customer(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        number = await unit.messages.add(conversation.id, "out", NOW, author=ANNA)
        message = await unit.messages.get(number)
        assert message is not None
        assert message.speaker is None
        await unit.messages.shown(number, "customer", "$1", "@livechat_op_1:example.org")
        shown = replace(message, customer_event="$1", speaker="@livechat_op_1:example.org")
        assert await unit.messages.by_event("customer", "$1") == shown
        await unit.messages.shown(number, "operators", "$2")
        assert await unit.messages.get(number) == replace(shown, operators_event="$2")
        await unit.messages.shown(number, "customer", "$3")
        assert await unit.messages.get(number) == replace(message, customer_event="$3", operators_event="$2")
