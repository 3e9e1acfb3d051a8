from dataclasses import replace
from datetime import UTC, date, datetime

from livechat_plugin.core import wording
from livechat_plugin.core.employees import Employee, NotOnDuty, OperatorStatus, absence_of_days
from tests.unit.test_wording import ACTIVE, EVIL, read

ANNA = "@anna:example.org"
NOW = datetime(2026, 12, 3, tzinfo=UTC)
HOLIDAYS = absence_of_days(ANNA, date(2026, 12, 1), date(2026, 12, 5), EVIL)


def test_an_offline_operator_is_told_which_sessions_they_still_have() -> None:
    offline = Employee(ANNA, OperatorStatus.OFFLINE)
    words = wording.status_set(offline, [replace(ACTIVE, number=13), ACTIVE], NOW)
    assert "You still serve #12, #13" in words
    assert "still serve" not in wording.status_set(offline, [], NOW)
    assert "still serve" not in wording.status_set(Employee(ANNA), [ACTIVE], NOW)


def test_whoever_is_disabled_is_told_at_each_status() -> None:
    for status in OperatorStatus:
        words = wording.status_set(Employee(ANNA, status, is_disabled=True), [ACTIVE], NOW)
        assert "disabled" in words
        assert f"You are {status}" in words


def test_what_stays_inside_is_told_with_the_reason() -> None:
    assert wording.not_sent(NotOnDuty("You are offline.")) == "Not sent to the customer. You are offline."


def test_absences_are_told_with_their_days_and_reason() -> None:
    assert wording.period(HOLIDAYS) == f"from 1 December 2026 to 5 December 2026 ({EVIL})"
    assert "1 December" in wording.absence_added(HOLIDAYS)
    assert wording.absences([HOLIDAYS]).splitlines()[1].startswith("- from 1 December")
    assert "!absent" in wording.absences([])
    assert wording.absences_cleared(0) != wording.absences_cleared(2)


def test_the_list_of_people_breaks_no_html_and_ends_somewhere() -> None:
    people = [Employee(f"@o{number}:example.org") for number in range(300)]
    people.append(Employee(ANNA, absences=(HOLIDAYS,)))
    text, html = wording.who_works(EVIL, people, frozenset({ANNA}), NOW)
    assert text.splitlines()[-1] == "and 101 more"
    assert set(read(html).seen) == {"ul", "li", "a"}
    text, html = wording.who_works("IT", people[-2:], frozenset({ANNA}), NOW)
    assert f"🟡 {ANNA} (supervisor) is absent until 5 December 2026 ({EVIL})" in text
    assert EVIL in read(html).text
    disabled = Employee(ANNA, OperatorStatus.AWAY, is_disabled=True)
    assert f"⛔ {ANNA} is disabled" in wording.who_works("IT", [disabled], frozenset(), NOW)[0]


def test_administrators_read_who_serves() -> None:
    people = [(Employee(f"@o{number}:example.org"), ("support",)) for number in range(300)]
    text, html = wording.roster(people, NOW)
    assert text.splitlines()[0] == "🟢 @o0:example.org is online; support"
    assert text.splitlines()[-1].startswith("and 100 more")
    assert set(read(html).seen) == {"ul", "li", "a"}
    assert wording.roster([], NOW)[0] == wording.NOBODY_SERVES
    assert wording.standing(Employee(ANNA, OperatorStatus.AWAY), NOW) == "is away"


def test_whom_an_administrator_disables_is_named() -> None:
    assert ANNA in wording.operator_disabled(ANNA)
    assert "#12, #13" in wording.disabled(ANNA, [12, 13])
    assert "queue" not in wording.disabled(ANNA, [])
    assert ANNA in wording.enabled(ANNA)
