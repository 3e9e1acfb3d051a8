"""How sessions are called: the template's placeholders, and names that would disguise something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from livechat_plugin import Account, LiveChat, Session, SessionState
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import DEFAULT_SESSION_NAME
from livechat_plugin.core.session_names import (
    PLACEHOLDERS,
    InvalidSessionName,
    check_session_name,
    check_template,
    session_name,
)

CHAT = LiveChat(1, "support", "Customer Support", "operators")
CARLA = Account(1, "matrix", "@carla:example.org", "Carla")
SESSION = Session(
    12, 1, SessionState.WAITING, "My bicycle is late", datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
)


def named(template: str, account: Account = CARLA, session: Session = SESSION) -> str:
    return session_name(session, replace(CHAT, session_name=template), account, UTC)


def test_every_placeholder_stands_for_something() -> None:
    everything = " | ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert check_template(everything) == everything
    assert named(everything) == ("Carla | 2026-11-22 | Customer Support | Matrix | My bicycle is late | 12")
    assert named(DEFAULT_SESSION_NAME) == "#12 Carla"


def test_the_day_is_that_of_the_server() -> None:
    berlin = timezone(timedelta(hours=1))
    assert session_name(SESSION, replace(CHAT, session_name="{date}"), CARLA, berlin) == "2026-11-23"


def test_what_a_customer_calls_themselves_is_no_template() -> None:
    assert named("{client}", replace(CARLA, display_name="{number} {operator}")) == "{number} {operator}"


def test_a_name_is_one_line_and_not_too_long() -> None:
    evil = replace(CARLA, display_name="Carla\n\tthe\0 first \u202etsal")
    assert named("{client}", evil) == "Carla the first tsal"
    long = named("{client}", replace(CARLA, display_name="x" * 300))
    assert len(long) == 100
    assert long.endswith("…")
    assert named("{client}", replace(CARLA, display_name=" ")) == "#12"


def test_an_emoji_of_several_parts_stays_one() -> None:
    family = "👨\u200d👩\u200d👧"
    assert named("{client}", replace(CARLA, display_name=family)) == family


def test_a_name_that_somebody_gave_counts_more() -> None:
    assert named("{client}", session=replace(SESSION, name="Bicycle")) == "Bicycle"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{client} {operator}", r"no placeholder \{operator\}; there are \{client\}, \{date\}"),
        ("{}", r"no placeholder \{\}"),
        ("{client", "a brace has no partner"),
        ("client}", "a brace has no partner"),
        ("  ", "must not be empty"),
        ("x" * 201, "has 201 characters; at most 200"),
    ],
)
def test_a_template_that_cannot_be_says_why(template: str, reason: str) -> None:
    with pytest.raises(InvalidLiveChat, match=f"session_name: .*{reason}") as refused:
        check_template(template)
    assert refused.value.field == "session_name"


def test_a_template_is_trimmed() -> None:
    assert check_template("  {client} \n {date} ") == "{client} {date}"


def test_a_name_is_checked() -> None:
    assert check_session_name("  Printer\n on fire ") == "Printer on fire"
    assert check_session_name(" \n") is None
    with pytest.raises(InvalidSessionName, match="has 101 characters; at most 100"):
        check_session_name("x" * 101)
