"""The chaos runs find nothing; so it is tried here that they would."""

import pytest

from tests.chaos.acts import Act, Done, done_by, told_about
from tests.chaos.comparing import compare
from tests.chaos.tally import Tally


def say(number: int) -> Done:
    return Done(Act("say", f"carla1>{number}", ""), f"${number}", f"${number}")


def found(written: list[Done], arrived: list[Done], told: dict[str, int] | None = None) -> dict[str, int]:
    tally = Tally()
    compare(tally, "from carla1", written, arrived, told or {})
    return {kind: len(findings) for kind, findings in tally.findings.items()}


ONE, TWO, THREE = say(1), say(2), say(3)


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ([ONE, TWO, THREE], {}),
        ([ONE, THREE], {"lost": 1}),
        ([], {"lost": 3}),
        ([ONE, TWO, TWO, THREE], {"doubled": 1}),
        ([ONE, TWO, THREE, ONE], {"doubled": 1}),
        ([TWO, ONE, THREE], {"out of order": 1}),
        ([THREE, ONE, TWO], {"out of order": 2}),
        ([ONE, TWO, THREE, say(4)], {"not taken back": 1}),
    ],
)
def test_what_is_amiss_is_found(arrived: list[Done], expected: dict[str, int]) -> None:
    assert found([ONE, TWO, THREE], arrived) == expected


def test_what_was_told_is_not_lost() -> None:
    assert found([ONE, TWO], [ONE], {"$2": 1}) == {}


def test_being_told_of_what_arrived_is_wrong() -> None:
    assert found([ONE, TWO], [ONE, TWO], {"$2": 1}) == {"wrongly told": 1}


def test_acts_are_read_from_a_room_with_what_they_are_about() -> None:
    def event(name: str, sender: str, **content: object) -> dict[str, object]:
        return {"type": "m.room.message", "event_id": name, "sender": sender, "content": content}

    replace = {"rel_type": "m.replace", "event_id": "$1"}
    timeline = [
        event("$1", "@anna:x", body="opA>carla1>1 hello"),
        event(
            "$2",
            "@anna:x",
            body="* opA>carla1>2 hallo",
            **{"m.new_content": {"body": "opA>carla1>2 hallo"}, "m.relates_to": replace},
        ),
        event("$3", "@anna:x", body="!close"),
        event("$4", "@anna:x"),
        event(
            "$5",
            "@livechat:x",
            body="Not sent to the customer: nobody has taken it.",
            **{"m.relates_to": {"m.in_reply_to": {"event_id": "$1"}}},
        ),
    ]
    assert [str(one.act) for one in done_by(timeline, {"@anna:x"})] == [
        "say 'opA>carla1>1 hello'",
        "edit 'opA>carla1>2 hallo' about 'opA>carla1>1 hello'",
        "taken back ''",
    ]
    assert told_about(timeline, {"@livechat:x"}) == {"$1": 1}
