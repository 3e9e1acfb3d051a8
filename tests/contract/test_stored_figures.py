"""What the repository of figures promises."""

from datetime import timedelta
from pathlib import Path

from livechat_plugin.core.figures import Figures
from livechat_plugin.core.sessions import close, offer, take
from livechat_plugin.services.repositories.figures import OpenNow
from livechat_plugin.store.database import Database
from livechat_plugin.store.repositories.figures import SqlFigures
from tests.contract.explained import Explained
from tests.contract.stores import NOW, Kept, add_conversation, add_live_chat

HOUR = NOW.replace(minute=0, second=0, microsecond=0)


async def test_sessions_are_summed_up_by_hour_and_operator(kept: Kept) -> None:
    live_chat = 0
    async with kept.store.begin() as unit:
        for number, (minutes, answered, lasted) in enumerate(
            [(0, 30, 600), (1, 400, 1200), (59, None, None), (61, None, None)]
        ):
            conversation = await add_conversation(unit, f"@customer{number}:x")
            live_chat = conversation.live_chat_id
            opened_at = HOUR + timedelta(minutes=minutes)
            session = offer(await unit.sessions.open(conversation.id, "Hello", opened_at))
            await unit.sessions.save(session)
            if answered is not None and lasted is not None:
                session = take(session, "@otto:x", opened_at)
                await unit.sessions.save(session)
                await unit.sessions.answered(session, opened_at + timedelta(seconds=answered))
                await unit.sessions.answered(session, opened_at + timedelta(seconds=answered + 9))
                session = close(session, opened_at + timedelta(seconds=lasted))
                await unit.sessions.save(session)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.figures.hours([live_chat], HOUR) == [
            (HOUR, Figures(3, 2, 430, (1, 1, 2), 2, 1800)),
            (HOUR + timedelta(hours=1), Figures(opened=1)),
        ]
        assert await unit.figures.operators([live_chat], HOUR) == [
            ("@otto:x", Figures(2, 2, 430, (1, 1, 2), 2, 1800))
        ]
        later = HOUR + timedelta(minutes=1)
        assert await unit.figures.hours([live_chat], later) == [
            (HOUR, Figures(2, 1, 400, (0, 0, 1), 1, 1200)),
            (HOUR + timedelta(hours=1), Figures(opened=1)),
        ]
        for nothing in ([live_chat + 1], []):
            assert await unit.figures.hours(nothing, HOUR) == []
            assert await unit.figures.operators(nothing, HOUR) == []


async def test_a_first_answer_is_kept_beside_the_version(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        await unit.sessions.answered(session, NOW + timedelta(seconds=7))
        await unit.sessions.save(offer(session))
        kept_session = await unit.sessions.get(session.number)
        assert kept_session is not None
        assert kept_session.answered_after == 7


async def test_what_goes_on_now_is_counted(kept: Kept) -> None:
    live_chat = 0
    async with kept.store.begin() as unit:
        for number in range(4):
            conversation = await add_conversation(unit, f"@customer{number}:x")
            live_chat = conversation.live_chat_id
            opened_at = NOW + timedelta(minutes=number)
            session = await unit.sessions.open(conversation.id, "Hello", opened_at)
            if number < 3:
                session = offer(session)
                await unit.sessions.save(session)
            if number == 0:
                await unit.sessions.save(take(session, "@otto:x", NOW))
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.figures.open_now([live_chat]) == OpenNow(2, 1, NOW + timedelta(minutes=1))
        assert await unit.figures.open_now([live_chat + 1]) == OpenNow()


async def test_what_goes_on_now_is_counted_over_several_live_chats(kept: Kept) -> None:
    live_chats = []
    async with kept.store.begin() as unit:
        for number, slug in enumerate(("sales", "support")):
            live_chat = await add_live_chat(unit, slug)
            live_chats.append(live_chat.id)
            account = await unit.conversations.account("matrix", f"@{slug}:x", "Carla")
            conversation = await unit.conversations.add(live_chat.id, account.id, f"!{slug}:x")
            session = await unit.sessions.open(conversation.id, "Hello", NOW - timedelta(minutes=number))
            await unit.sessions.save(offer(session))
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.figures.open_now(live_chats) == OpenNow(2, 0, NOW - timedelta(minutes=1))


async def test_figures_need_their_indexes_alone(migrated_file: Path) -> None:
    database = Database(f"sqlite:///{migrated_file}", print, print)
    async with database.begin() as unit:
        db = Explained(unit.figures._db)
        figures = SqlFigures(db)
        await figures.hours([1, 2], NOW)
        await figures.operators([1, 2], NOW)
        await figures.open_now([1, 2])
    await database.close()
    *sums, open_now = db.plans
    for plan in sums:
        assert "COVERING INDEX ix_sessions_figures (live_chat_id=? AND opened_at>?)" in plan
    assert "COVERING INDEX ix_sessions_open_states (live_chat_id=?)" in open_now
    assert "TEMP B-TREE" not in open_now
