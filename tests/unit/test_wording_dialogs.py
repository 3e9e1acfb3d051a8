"""What is said to somebody who fills in a form."""

import pytest

from livechat_plugin.core import wording
from livechat_plugin.core.apps import Field, FieldType
from tests.unit.test_wording import EVIL, read

NAME = Field("name", "Name", FieldType.STRING, is_required=True, help="As customers see it.")
COLOUR = Field("colour", "Which colour?", FieldType.CHOICE, choices=("red", "green"))


def test_a_question_tells_what_is_asked_and_how_to_end_it() -> None:
    text, html = wording.question(NAME, {}, is_among_colleagues=False)
    assert text == "Name? As customers see it.\n!cancel ends the questions."
    assert read(html).text == "Name? As customers see it.!cancel ends the questions."


def test_choices_are_numbered_and_what_is_not_required_can_be_left_empty() -> None:
    text, html = wording.question(COLOUR, {}, is_among_colleagues=False)
    assert text.splitlines()[:3] == ["Which colour?", "1. red", "2. green"]
    assert "- leaves it empty." in text
    assert read(html).seen.count("li") == 2


def test_wrong_answers_are_explained_before_the_question() -> None:
    errors = {"name": "must not be empty", "colour": "'blue' is no choice"}
    text, _ = wording.question(NAME, errors, is_among_colleagues=False)
    assert text.startswith("Must not be empty.\nColour: 'blue' is no choice.\nName?")


def test_in_a_session_room_it_is_said_how_an_answer_does_not_reach_the_customer() -> None:
    assert "!answer" in wording.question(NAME, {}, is_among_colleagues=True)[0]
    assert "!answer" not in wording.question(NAME, {}, is_among_colleagues=False)[0]


@pytest.mark.parametrize("is_among_colleagues", [True, False])
def test_nothing_breaks_the_html_of_a_question(*, is_among_colleagues: bool) -> None:
    evil = Field("evil", EVIL, FieldType.CHOICE, choices=(EVIL,), help=EVIL)
    tags = read(wording.question(evil, {"evil": EVIL}, is_among_colleagues=is_among_colleagues)[1])
    assert set(tags.seen) <= {"b", "br", "i", "ol", "li"}
    assert tags.text.count(EVIL) == 4


def test_a_fault_of_ours_is_told() -> None:
    assert "an internal error. Nothing was changed." in wording.questions_broke("an internal error")
