"""What the plugin says: names and numbers are in it, and no name can break the HTML."""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from livechat_plugin import Account, LiveChat, Priority, Session, SessionState
from livechat_plugin.core import wording
from livechat_plugin.core.errors import NotItsOperator

EVIL = "<img src=x onerror=alert(1)>\"'&"
ANNA, SAM = "@anna:example.org", "@sam:example.org"
CARLA = Account(1, "matrix", "@carla:example.org", "Carla")
CHAT = LiveChat(1, "support", "Customer Support", "operators")
WAITING = Session(12, 1, SessionState.WAITING, "My bicycle is late", datetime(2026, 1, 1, tzinfo=UTC))
NOW = datetime(2026, 1, 1, 1, tzinfo=UTC)
ACTIVE = replace(WAITING, state=SessionState.ACTIVE, operator=ANNA)
CLOSED = replace(ACTIVE, state=SessionState.CLOSED)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert {name for name, _ in attrs} <= {"href"}

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


@pytest.mark.parametrize(
    ("session", "standing"),
    [
        (WAITING, "Waiting. Take it with a reaction to this message or with !take 12"),
        (replace(WAITING, state=SessionState.OPENING), "Waiting. Take it"),
        (replace(WAITING, outcome="Anna left."), "Anna left. Waiting. Take it"),
        (ACTIVE, f"Taken by {ANNA}"),
        (CLOSED, f"Closed. Served by {ANNA}."),
        (replace(CLOSED, operator=None, outcome="Refused."), "Closed. Refused."),
    ],
)
def test_the_card_tells_how_things_stand(session: Session, standing: str) -> None:
    body, html = wording.card(session, CARLA, "#12 Carla")
    assert body.startswith("#12 Carla · Matrix\nMy bicycle is late\n")
    assert standing in body
    words = read(html).text
    for part in ("#12 Carla · Matrix", "My bicycle is late"):
        assert part in words
    assert standing.replace("Anna left. Waiting", "Waiting") in words


@pytest.mark.parametrize(
    ("priority", "words"), [(Priority.LOW, "low"), (Priority.MEDIUM, "medium"), (Priority.HIGH, "high")]
)
def test_the_card_marks_the_priority(priority: Priority, words: str) -> None:
    body, html = wording.card(replace(WAITING, priority=priority), CARLA, "#12 Carla")
    sign = wording.PRIORITIES[priority][0]
    assert body.startswith(f"#12 Carla · Matrix · {sign} {words} priority\n")
    assert f"{sign} {words} priority" in read(html).text
    assert "priority" not in wording.card(WAITING, CARLA, "#12 Carla")[0]


def test_the_card_marks_who_waits_for_too_long() -> None:
    body, html = wording.card(replace(WAITING, alerts=2), CARLA, "#12 Carla")
    assert "⏰ Waiting for too long. Waiting." in body
    assert "⏰ Waiting for too long." in read(html).text


@pytest.mark.parametrize("state", SessionState)
def test_no_name_or_subject_breaks_the_card(state: SessionState) -> None:
    evil = replace(WAITING, state=state, subject=EVIL, operator=f"@{EVIL}:example.org", outcome=EVIL)
    body, html = wording.card(evil, replace(CARLA, display_name=EVIL), EVIL)
    assert EVIL in body
    tags = read(html)
    assert set(tags.seen) <= {"b", "br", "i", "code", "a"}
    assert EVIL in tags.text


def test_a_network_without_a_name_of_its_own_is_called_what_it_is() -> None:
    assert "Carla · pigeon" in wording.card(WAITING, replace(CARLA, network="pigeon"), "#12 Carla")[0]


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        (wording.already_taken(12, ANNA), ["#12", ANNA]),
        (wording.not_relayed(None), ["no session is open"]),
        (wording.not_relayed(WAITING), ["#12", "!take"]),
        (wording.not_relayed(ACTIVE), ["#12", ANNA, "!note"]),
        (wording.given_to_you(12, SAM), ["#12", SAM, "invitation"]),
        (wording.given_away(12, SAM, ANNA), ["#12", SAM, ANNA]),
        (wording.taken_over(12, SAM), ["#12", SAM]),
        (wording.now_given(12, ANNA), ["#12", ANNA]),
        (wording.handed_over(12, SAM, ANNA, "a <b>"), ["#12", SAM, ANNA, "Note: a <b>"]),
        (wording.for_the_group(12, SAM, "second", "a <b>"), ["#12", SAM, "second", "!take", "Note: a <b>"]),
        (wording.waits_too_long(WAITING, "#12 <b>", 1, [SAM]), ["#12 <b>", "1 minute.", "!assign 12", SAM]),
        (wording.waits_too_long(WAITING, "#12", 5, []), ["5 minutes"]),
        (
            wording.session_line(WAITING, CARLA, "#12 Carla", NOW),
            ["#12 Carla · Matrix", "waiting for 1 hour"],
        ),
        (wording.session_line(ACTIVE, CARLA, "#12 Carla", NOW), [f"served by {ANNA}"]),
        (wording.session_line(CLOSED, CARLA, "#12 Carla", NOW), [f"closed, served by {ANNA}"]),
        (
            wording.session_line(replace(CLOSED, closed_at=NOW, operator=None), CARLA, "#12 Carla", NOW),
            ["closed 2026-01-01 01:00 UTC"],
        ),
        (
            wording.session_line(
                replace(
                    WAITING,
                    priority=Priority.HIGH,
                    waiting_since=NOW,
                    offered_to="<b>",
                    routing="<i> is away",
                ),
                CARLA,
                "<u>",
                NOW,
            ),
            ["#12 <u>", "high priority", "waiting for less than a minute, handed to <b>", "<i> is away"],
        ),
        (
            wording.past_session_line(replace(CLOSED, name="<b>", closed_at=NOW, outcome="<i>"), 1),
            [
                "#12 (<b>)",
                "2026-01-01 00:00 UTC to 2026-01-01 01:00 UTC",
                ANNA,
                "1 message ·",
                "My bicycle",
                "<i>",
            ],
        ),
        (wording.past_session_line(replace(CLOSED, operator=None), 2), ["served by nobody", "2 messages"]),
        (wording.only_its_operator(NotItsOperator(12, None, "close")), ["#12", "!take"]),
        (wording.only_its_operator(NotItsOperator(12, ANNA, "rename")), ["#12", ANNA, "can rename it"]),
    ],
)
def test_text_and_html_say_the_same(told: tuple[str, str], parts: list[str]) -> None:
    text, html = told
    assert read(html).text == text
    for part in parts:
        assert part in text


def test_the_card_calls_an_operator_by_name() -> None:
    body, html = wording.card(ACTIVE, CARLA, "#12 Carla", "Anna <3")
    assert "Taken by Anna <3" in body
    assert ANNA not in body
    assert "Taken by Anna <3" in read(html).text


@pytest.mark.parametrize(
    "told",
    [
        wording.already_taken(12, EVIL),
        wording.not_relayed(replace(ACTIVE, operator=EVIL)),
        wording.only_its_operator(NotItsOperator(12, EVIL, "close")),
        wording.closed_by(WAITING, EVIL),
    ],
)
def test_no_operators_id_breaks_the_html(told: tuple[str, str]) -> None:
    tags = read(told[1])
    assert tags.seen == ["a"]
    assert EVIL in tags.text


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (wording.card_head(WAITING, CARLA, "#12 Carla"), ["#12 Carla · Matrix"]),
        (wording.card_head(WAITING, CARLA, "Carla #12 today"), ["Carla #12 today · Matrix"]),
        (wording.card_head(WAITING, CARLA, "Case #123"), ["#12 Case #123 · Carla · Matrix"]),
        (wording.not_delivered("M_FORBIDDEN"), ["M_FORBIDDEN"]),
        (wording.name_not_shown(ANNA, CHAT, "M_FORBIDDEN"), [ANNA, "Customer Support", "M_FORBIDDEN"]),
        (wording.name_put_out(ANNA, CARLA, CHAT), [ANNA, "Carla", "Customer Support"]),
        (wording.edit_is_no_command(), ["command", "not sent"]),
        (wording.command_slipped(), ["Not sent to the customer", "!!"]),
        (wording.edit_of_unsent(), ["Not sent to the customer"]),
        (wording.reply_stays_inside(), ["Not sent to the customer", "without the reply"]),
        (wording.customer_keeps(CARLA), ["Carla", "deleted"]),
        (wording.customer_not_delivered(CHAT), ["Customer Support"]),
        (wording.access_refused(CHAT, ()), ["Customer Support is not open to you."]),
        (wording.access_refused(CHAT, ("@ada:x", "@eve:x")), ["Please ask @ada:x or @eve:x."]),
        (wording.access_refused(CHAT, ("bosses",)), ["Please ask somebody of the group bosses."]),
        (wording.direct_chats_only("Customer Support"), ["Customer Support"]),
        (wording.moved_elsewhere(CHAT), ["Customer Support"]),
        (wording.whom_to_ask(()), ["whoever runs this homeserver"]),
        (wording.whom_to_ask(("@ada:x", "bosses")), ["@ada:x or somebody of the group bosses"]),
        (wording.encrypted(CHAT), ["Customer Support", "encrypted"]),
        (wording.customer_left(CARLA), ["Carla"]),
        (wording.customer_slowed(CARLA), ["Carla", "none is lost"]),
        (wording.slowed_down(CHAT), ["Customer Support", "None is lost"]),
        (wording.customer_upgraded(CARLA), ["Carla", "new one"]),
        (wording.closed_by(WAITING, ANNA)[0], ["#12", ANNA]),
        (wording.removal_reason(12), ["#12", "closed"]),
        (wording.taken_by(ACTIVE), ["#12", ANNA]),
        (wording.settings_hint(CHAT), ["!chats edit support"]),
        (wording.not_available(ANNA, "has a locked account"), [ANNA, "has a locked account"]),
        (wording.handed_to_group(ANNA, "second"), [ANNA, "second"]),
        (wording.now_yours(12), ["#12", "invitation"]),
        (wording.waiting_again(WAITING), ["#12", "waiting"]),
        (wording.operator_left(ANNA), [ANNA]),
        (wording.invitation_failed(ANNA, "M_FORBIDDEN"), [ANNA, "M_FORBIDDEN"]),
    ],
)
def test_words_name_whom_and_what_they_are_about(words: str, parts: list[str]) -> None:
    for part in parts:
        assert part in words


def test_a_list_has_a_title_and_an_end() -> None:
    text, html = wording.listed("Sessions <1>", [("one", "<b>one</b>"), ("two", "two")], "more")
    assert text == "Sessions <1>\none\ntwo\nmore"
    assert html == "Sessions &lt;1&gt;<ul><li><b>one</b></li><li>two</li></ul>more"
    assert wording.listed("Nothing", [])[0] == "Nothing"


def test_a_link_opens_a_room_wherever_it_is() -> None:
    text, html = wording.room_link("!room", "example.org")
    assert text == "https://matrix.to/#/!room?via=example.org"
    assert html == f'<a href="{text}">open its room</a>'


def test_a_room_that_cannot_be_made_is_named_with_the_reason() -> None:
    words = wording.room_failed(WAITING, "M_FORBIDDEN: no rooms today")
    assert "#12" in words
    assert "no rooms today" in words


def test_headings_of_help_stand_only_where_there_are_several_groups() -> None:
    one = [("Help", [("!help <x>", "Show it.")])]
    assert wording.help_shown("Hello.", one) == (
        "Hello.\n!help <x>  Show it.",
        "<p>Hello.</p><ul><li><code>!help &lt;x&gt;</code> Show it.</li></ul>",
    )
    text, html = wording.help_shown("Hello.", [*one, ("Work", [("!online", "Work.")])])
    assert text == "Hello.\n\nHelp:\n!help <x>  Show it.\n\nWork:\n!online  Work."
    assert "<p><strong>Work</strong></p><ul><li><code>!online</code> Work.</li></ul>" in html


def test_every_word_is_tested_here() -> None:
    ours = {
        name
        for found in pkgutil.walk_packages(wording.__path__, f"{wording.__name__}.")
        for name, member in vars(importlib.import_module(found.name)).items()
        if inspect.isfunction(member) and member.__module__ == found.name and not name.startswith("_")
    }
    assert "card" in ours
    source = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_wording*.py")
    )
    assert {name for name in ours - {"pill"} if f"wording.{name}(" not in source} == set()
