"""What the repository of employees promises."""

from datetime import timedelta

from livechat_plugin.core.employees import Absence, Employee, OperatorStatus
from tests.contract.stores import NOW, Kept

ANNA, BORIS = "@anna:example.org", "@boris:example.org"
DAY = timedelta(days=1)


async def test_who_never_said_anything_is_online(kept: Kept) -> None:
    async with kept.store.read() as unit:
        assert await unit.employees.get(ANNA, NOW) == Employee(ANNA)
        assert await unit.employees.among([ANNA, BORIS], NOW) == {
            ANNA: Employee(ANNA),
            BORIS: Employee(BORIS),
        }
        assert await unit.employees.among([], NOW) == {}


async def test_who_is_looked_up_with_others_is_as_if_asked_for_alone(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        for ends in (NOW + DAY, NOW + 3 * DAY):
            await unit.employees.add_absence(Absence(0, ANNA, NOW - DAY, ends))
        alone = [await unit.employees.get(ANNA, NOW + days * DAY) for days in range(-2, 4)]
        await unit.employees.load([ANNA, BORIS], NOW)
        assert [await unit.employees.get(ANNA, NOW + days * DAY) for days in range(-2, 4)] == alone
        assert await unit.employees.get(BORIS, NOW) == Employee(BORIS)
        await unit.employees.set_status(BORIS, OperatorStatus.OFFLINE)
        assert await unit.employees.get(BORIS, NOW) == Employee(BORIS, OperatorStatus.OFFLINE)


async def test_a_status_stays_until_the_next(kept: Kept) -> None:
    for status in (OperatorStatus.AWAY, OperatorStatus.OFFLINE, OperatorStatus.ONLINE):
        async with kept.store.begin() as unit:
            await unit.employees.set_status(ANNA, status)
            await unit.commit()
        async with kept.store.read() as unit:
            assert (await unit.employees.get(ANNA, NOW)).status is status
            assert (await unit.employees.get(BORIS, NOW)).status is OperatorStatus.ONLINE


async def test_disabling_tells_whether_it_changed_anything_and_keeps_the_status(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.employees.set_status(BORIS, OperatorStatus.AWAY)
        assert await unit.employees.set_disabled(BORIS, is_disabled=True)
        assert not await unit.employees.set_disabled(BORIS, is_disabled=True)
        assert await unit.employees.set_disabled(ANNA, is_disabled=True)
        assert await unit.employees.disabled() == [ANNA, BORIS]
        assert await unit.employees.is_disabled(ANNA)
        assert await unit.employees.get(BORIS, NOW) == Employee(BORIS, OperatorStatus.AWAY, is_disabled=True)
        assert await unit.employees.set_disabled(ANNA, is_disabled=False)
        assert not await unit.employees.set_disabled(ANNA, is_disabled=False)
        assert await unit.employees.disabled() == [BORIS]
        assert not await unit.employees.is_disabled(ANNA)
        assert not await unit.employees.is_disabled("@nobody:x")


async def test_absences_are_shown_until_they_are_over_the_next_one_first(kept: Kept) -> None:
    later = Absence(0, ANNA, NOW + 5 * DAY, NOW + 6 * DAY, "Conference")
    now = Absence(0, ANNA, NOW - DAY, NOW + DAY, "Käufer\0 & Co")
    over = Absence(0, ANNA, NOW - 2 * DAY, NOW)
    theirs = Absence(0, BORIS, NOW, NOW + DAY)
    async with kept.store.begin() as unit:
        kept_later, kept_now, kept_over, kept_theirs = [
            await unit.employees.add_absence(absence) for absence in (later, now, over, theirs)
        ]
        assert len({kept_later.id, kept_now.id, kept_over.id, kept_theirs.id}) == 4
        await unit.commit()
    async with kept.store.read() as unit:
        anna = await unit.employees.get(ANNA, NOW)
        assert [absence.id for absence in anna.absences] == [kept_now.id, kept_later.id]
        assert anna.absences[0].reason == "Käufer & Co"
        assert anna.absences[1] == kept_later
        both = await unit.employees.among([ANNA, BORIS], NOW)
        assert both == {ANNA: anna, BORIS: Employee(BORIS, absences=(kept_theirs,))}
        before = await unit.employees.get(ANNA, NOW - timedelta(microseconds=1))
        assert [absence.id for absence in before.absences] == [kept_over.id, kept_now.id, kept_later.id]


async def test_absences_are_cleared_of_one_person(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        for user_id in (ANNA, ANNA, BORIS):
            await unit.employees.add_absence(Absence(0, user_id, NOW, NOW + DAY))
        assert await unit.employees.clear_absences(ANNA) == 2
        assert await unit.employees.clear_absences(ANNA) == 0
        assert (await unit.employees.get(ANNA, NOW)).absences == ()
        assert len((await unit.employees.get(BORIS, NOW)).absences) == 1


async def test_many_are_asked_for_at_once(kept: Kept) -> None:
    people = [f"@operator{number}:example.org" for number in range(1200)]
    async with kept.store.begin() as unit:
        await unit.employees.set_status(people[700], OperatorStatus.OFFLINE)
        found = await unit.employees.among(people, NOW)
        assert len(found) == 1200
        assert [user for user, known in found.items() if known.status is OperatorStatus.OFFLINE] == [
            people[700]
        ]
