"""Whether employees work: pure rules (requirements E1, S17)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from livechat_plugin.core.employees import (
    AccountState,
    Employee,
    InvalidAbsence,
    NotOnDuty,
    OperatorStatus,
    absence_of_days,
    last_day,
    may_answer,
    obstacle_of_account,
    obstacle_to_getting,
    require_on_duty,
)

ANNA = "@anna:example.org"
HOLIDAYS = absence_of_days(ANNA, date(2026, 12, 1), date(2026, 12, 5))
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("employee", "obstacle"),
    [
        (Employee(ANNA), None),
        (Employee(ANNA, OperatorStatus.AWAY), "is away"),
        (Employee(ANNA, OperatorStatus.OFFLINE), "is offline"),
        (Employee(ANNA, is_disabled=True), "is disabled"),
        (Employee(ANNA, OperatorStatus.AWAY, is_disabled=True), "is disabled"),
        (Employee(ANNA, absences=(HOLIDAYS,)), "is absent until 5 December 2026"),
        (Employee(ANNA, OperatorStatus.AWAY, absences=(HOLIDAYS,)), "is away"),
    ],
)
def test_rules_give_sessions_to_those_who_work(employee: Employee, obstacle: str | None) -> None:
    assert obstacle_to_getting(employee, NOON) == obstacle


def test_an_absence_lasts_from_the_first_moment_of_a_day_to_the_last_of_another() -> None:
    anna, moment = Employee(ANNA, absences=(HOLIDAYS,)), timedelta(microseconds=1)
    assert anna.absence_at(datetime(2026, 12, 1, tzinfo=UTC) - moment) is None
    assert anna.absence_at(datetime(2026, 12, 1, tzinfo=UTC)) == HOLIDAYS
    assert anna.absence_at(datetime(2026, 12, 6, tzinfo=UTC) - moment) == HOLIDAYS
    assert anna.absence_at(datetime(2026, 12, 6, tzinfo=UTC)) is None
    assert last_day(HOLIDAYS) == date(2026, 12, 5)


def test_of_several_absences_the_longest_lasting_counts() -> None:
    longer = absence_of_days(ANNA, date(2026, 12, 2), date(2026, 12, 24))
    for absences in ((HOLIDAYS, longer), (longer, HOLIDAYS)):
        assert (
            obstacle_to_getting(Employee(ANNA, absences=absences), NOON) == "is absent until 24 December 2026"
        )


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 5), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2036, 12, 1)),
        (date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_absences_that_cannot_be_are_refused(first: date, last: date) -> None:
    with pytest.raises(InvalidAbsence):
        absence_of_days(ANNA, first, last)


def test_one_day_is_an_absence() -> None:
    day = date(2028, 2, 29)
    assert last_day(absence_of_days(ANNA, day, day)) == day


@pytest.mark.parametrize(
    "employee", [Employee(ANNA), Employee(ANNA, OperatorStatus.AWAY), Employee(ANNA, absences=(HOLIDAYS,))]
)
def test_who_is_away_or_absent_may_take_and_answer(employee: Employee) -> None:
    require_on_duty(employee)
    assert may_answer(employee)


@pytest.mark.parametrize(
    ("employee", "way_out"),
    [
        (Employee(ANNA, OperatorStatus.OFFLINE), "Write !online first."),
        (Employee(ANNA, is_disabled=True), "Ask them."),
        (Employee(ANNA, OperatorStatus.OFFLINE, is_disabled=True), "Ask them."),
    ],
)
def test_who_is_offline_or_disabled_may_neither_and_is_told_the_way_out(
    employee: Employee, way_out: str
) -> None:
    with pytest.raises(NotOnDuty, match=way_out):
        require_on_duty(employee)
    assert not may_answer(employee)


def test_what_the_homeserver_does_not_tell_is_no_obstacle() -> None:
    assert obstacle_of_account(AccountState.UNKNOWN) is None
    assert obstacle_of_account(AccountState.ACTIVE) is None
    assert obstacle_of_account(AccountState.LOCKED) == "has a locked account"
    assert obstacle_of_account(AccountState.SUSPENDED) == "has a suspended account"
    assert obstacle_of_account(AccountState.DEACTIVATED) == "has no account in use"
