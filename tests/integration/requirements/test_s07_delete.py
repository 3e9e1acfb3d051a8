"""S7: deleting a live chat closes its sessions, keeps its history for administrators, and is confirmed by name."""

import pytest

from tests.integration.installation import Desk, Installation, body, says
from tests.integration.requirements.administrators import BotChat, configured, live_chat, run, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_deleting_leaves_no_customer_without_a_word_and_the_history_to_administrators(
    installation: Installation, desk: Desk
) -> None:
    server = installation.homeserver.server_name
    anna, sam = installation.user_id("anna"), installation.user_id("sam")
    ada = await BotChat.open(installation, "ada")
    await ada.say(f"!chats add doomed Doomed operators={anna} supervisors={sam} customers=@*:{server}")
    customer, customer_room, session_room = await serve(installation, "doomed", desk.anna, "Before the end")
    queue = await desk.anna.resolve_alias(f"#livechat_doomed:{server}")
    supervisors = await desk.sam.resolve_alias(f"#livechat_doomed_supervisors:{server}")
    await desk.sam.wait_until(lambda: supervisors in desk.sam.rooms, 60)

    before = configured(installation)
    assert "To delete Doomed, write its name?" in await ada.say("!chats delete doomed")
    assert "Not confirmed" in await ada.say("doomed")
    assert configured(installation) == before
    assert "Doomed is deleted" in await ada.say("!chats delete doomed Doomed")

    await customer.wait_for(customer_room, says("Doomed has been closed for good"), 60)
    for person, room in ((desk.anna, queue), (desk.anna, session_room), (desk.sam, supervisors)):
        await person.wait_until(lambda person=person, room=room: room not in person.rooms, 60)  # type: ignore[misc]
    await ada.person.wait_until(lambda: supervisors in ada.person.rooms, 60)
    await ada.person.join(session_room)
    await ada.person.wait_for(session_room, says("Before the end"), 60)
    await ada.person.wait_for(session_room, says("Answer to: Before the end"), 60)

    seen = len(customer.events(customer_room))
    await customer.say(customer_room, "Is somebody there?")
    await customer.say(customer_room, "Hello?")
    await customer.wait_until(
        lambda: any("closed for good" in body(event) for event in customer.events(customer_room)[seen:]), 60
    )
    assert "There is no live chat 'doomed'" in await ada.say("!chats edit doomed name=Phoenix")
    answers = [event for event in customer.events(customer_room)[seen:] if "closed for good" in body(event)]
    assert len(answers) == 1

    assert live_chat(installation, "doomed")["deleted_at"] is not None
    assert "Doomed" not in await run(installation, "chats", "list")
    taken = await ada.say(f"!chats add doomed Phoenix operators={anna}")
    assert "belonged to Doomed, which was deleted and whose history is kept" in taken
    await ada.say("!cancel")
