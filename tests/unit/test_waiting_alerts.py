"""Supervisors learn of sessions that wait for too long, at most three times."""

from livechat_plugin import SessionState, preview
from livechat_plugin.services.deliveries import AlertWaiting
from livechat_plugin.services.delivering.alerts import MENTIONED_AT_MOST
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk
from tests.unit.wiring import SERVER

TEN_MINUTES = 600


def alerts(desk: Desk) -> list[str]:
    """What the supervisors' room was told."""
    room = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]
    return [preview(shown.content, 1000) for shown in room.shown() if shown.sender == SUPPORT]


def owed(desk: Desk) -> list[AlertWaiting]:
    return [d.payload for d in desk.stored.deliveries.values() if isinstance(d.payload, AlertWaiting)]


async def pass_by(desk: Desk, seconds: float) -> None:
    """Let time pass until the dispatcher has looked."""
    desk.clock.advance(seconds)
    await desk.settle()


async def test_supervisors_are_told_and_the_card_is_marked(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write(CARLA, "Is nobody there?")
    await pass_by(desk, TEN_MINUTES - 1)
    assert alerts(desk) == []
    await pass_by(desk, 1)
    assert alerts(desk) == [
        f"⏰ #1 Carla has been waiting for 10 minutes. Give session #1 to somebody with !assign 1 @operator. {SAM}"
    ]
    room = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]
    assert set(room.mentioned.values()) == {frozenset({SAM})}
    assert "⏰ Waiting for too long. Waiting." in preview(desk.card().content, 1000)


async def test_they_are_told_three_times_at_most(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    for _ in range(5):
        await pass_by(desk, TEN_MINUTES)
    assert [words.split("waiting for ")[1][:10] for words in alerts(desk)] == [
        "10 minutes",
        "20 minutes",
        "30 minutes",
    ]
    assert owed(desk) == []
    assert desk.session().alerts == 3


async def test_what_was_taken_in_time_alerts_nobody(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    await desk.take(ANNA)
    await pass_by(desk, TEN_MINUTES)
    assert alerts(desk) == []
    assert owed(desk) == []


async def test_a_name_or_priority_does_not_stop_the_clock(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    await desk.command(ANNA, "!priority 1 high")
    await pass_by(desk, TEN_MINUTES)
    assert len(alerts(desk)) == 1


async def test_what_comes_back_to_the_queue_is_watched_anew(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    await pass_by(desk, TEN_MINUTES)
    await desk.take(ANNA)
    assert "⏰" not in preview(desk.card().content, 1000)
    await desk.people.leave(ANNA, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().state is SessionState.WAITING
    assert "⏰" not in preview(desk.card().content, 1000)
    await pass_by(desk, TEN_MINUTES - 1)
    assert len(alerts(desk)) == 1  # the one that the first wait still owed was about nothing any more
    await pass_by(desk, 1)
    assert len(alerts(desk)) == 2
    assert desk.session().alerts == 1


async def test_so_is_what_a_group_was_handed(desk: Desk) -> None:
    desk.stored.groups["second"] = frozenset({f"@eve:{SERVER}"})
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    await desk.take(ANNA)
    await pass_by(desk, TEN_MINUTES)
    await desk.answer(ANNA, "!transfer second")
    await pass_by(desk, TEN_MINUTES - 1)
    assert alerts(desk) == []
    await pass_by(desk, 1)
    assert len(alerts(desk)) == 1


async def test_a_changed_setting_counts_for_new_sessions(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    desk.change_live_chat(waiting_alert=0)
    await desk.write(f"@dan:{SERVER}")
    await pass_by(desk, TEN_MINUTES)
    assert [words.split(" has")[0] for words in alerts(desk)] == ["⏰ #1 Carla"]
    assert [alert.session_number for alert in owed(desk)] == [1]


async def test_off_means_nothing_is_owed(desk: Desk) -> None:
    await desk.write()
    assert owed(desk) == []


async def test_after_a_long_standstill_they_are_told_once_not_thrice(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=1)
    await desk.write()
    await pass_by(desk, TEN_MINUTES)
    assert len(alerts(desk)) == 1
    assert "10 minutes" in alerts(desk)[0]


async def test_a_session_that_the_hooks_gave_away_is_not_watched(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    await desk.write()
    await desk.command(SAM, "!assign 1 @boris")
    assert desk.session().is_served_by(BORIS)
    await pass_by(desk, TEN_MINUTES)
    assert alerts(desk) == []


async def test_of_very_many_supervisors_some_are_mentioned_and_the_alert_arrives(desk: Desk) -> None:
    desk.change_live_chat(waiting_alert=10)
    async with desk.store.begin() as work:
        everybody = [f"@supervisor{number}:{SERVER}" for number in range(500)]
        await work.groups.set_members("support-supervisors", everybody)
        await work.commit()
    await desk.write()
    await pass_by(desk, TEN_MINUTES)
    [mentioned] = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""].mentioned.values()
    assert len(mentioned) == MENTIONED_AT_MOST
    assert len(alerts(desk)) == 1
