import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from livechat_plugin.logs import Redaction, configure_logging

log = structlog.get_logger()


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_machine_reads_one_object_for_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    log.info("session opened", live_chat="support", number=12)
    [line] = _lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "session opened",
        "live_chat": "support",
        "number": 12,
        "level": "info",
        "logger": __name__,
    }


def test_a_person_reads_a_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console")
    log.info("session opened", live_chat="support", number=12)
    [line] = capsys.readouterr().err.splitlines()
    assert "session opened" in line
    assert "live_chat=support number=12" in line


def test_without_a_terminal_lines_are_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("auto")
    log.info("hello")
    assert _lines(capsys)[0]["event"] == "hello"


def test_libraries_write_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # as a server of before may have left it
    configure_logging("json")
    logging.getLogger("uvicorn.error").info("Started process %d", 7)
    logging.getLogger("sqlalchemy.pool").warning("pool is full")
    first, second = _lines(capsys)
    assert (first["event"], first["logger"], first["level"]) == ("Started process 7", "uvicorn.error", "info")
    assert second["event"] == "pool is full"


def test_levels_below_the_configured_one_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "warning")
    log.info("small")
    log.warning("big")
    assert [line["event"] for line in _lines(capsys)] == ["big"]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("uvicorn.access", logging.INFO),
        ("sqlalchemy.engine", logging.INFO),
        ("nio.responses", logging.WARNING),
    ],
)
def test_lines_that_quote_what_was_written_are_off_even_when_debugging(
    capsys: pytest.CaptureFixture[str], name: str, level: int
) -> None:
    configure_logging("json", "debug")
    logging.getLogger(name).log(level, "what people wrote")
    assert _lines(capsys) == []


def test_configuring_again_does_not_double_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console")
    configure_logging("json")
    log.info("once")
    assert len(_lines(capsys)) == 1


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_an_exception_is_told_without_secrets_and_local_variables(
    capsys: pytest.CaptureFixture[str], log_format: Any
) -> None:
    configure_logging(log_format, secrets=["sesame"])

    def fail() -> None:
        local = "what a person wrote"
        raise ValueError(" ".join(["PUT /x?access_token=abc", "sesame", str(len(local))]))

    try:
        fail()
    except ValueError:
        log.exception("request failed")
        logging.getLogger("library").exception("request failed there")
    printed = capsys.readouterr().err
    assert printed.count("ValueError: PUT /x?access_token=*** *** 19") == 2
    assert "sesame" not in printed
    assert "what a person wrote" not in printed


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer sesame",
        "{'Authorization': 'Bearer sesame'}",
        '{"authorization":"sesame"}',
        "authorization: Basic sesame",
        "bearer sesame",
        "GET http://h/_matrix?user_id=@a:b&access_token=sesame",
        "as_token: sesame",
        "{'hs_token': 'sesame'}",
        "hs_token=sesame&x=1",
        "postgresql://me:sesame@db/livechat",
    ],
)
def test_secrets_in_any_text_are_hidden(text: str) -> None:
    line = Redaction()(None, "info", {"event": text, "deep": [{"x": (text,)}], "error": ValueError(text)})
    assert "sesame" not in repr(line)
    assert repr(line).count("***") == 3


def test_addresses_and_words_around_a_secret_stay() -> None:
    line = Redaction(["sesame"])(
        None,
        "info",
        {"event": "GET http://h:8008/a?access_token=x&dir=b for @a:b", "path": Path("/a/sesame")},
    )
    assert line == {"event": "GET http://h:8008/a?access_token=***&dir=b for @a:b", "path": "/a/***"}


def test_secret_keys_are_hidden_and_written_words_dropped_at_any_depth() -> None:
    line = Redaction()(
        None,
        "info",
        {
            "event": "seen",
            "as_token": "sesame",
            "headers": {"Authorization": "sesame"},
            "body": "hello",
            "room_event": {"type": "m.room.message", "content": {"body": "hello"}, "formatted_body": "hello"},
        },
    )
    assert line == {
        "event": "seen",
        "as_token": "***",
        "headers": {"Authorization": "***"},
        "room_event": {"type": "m.room.message"},
    }


def test_an_object_cannot_smuggle_words_in() -> None:
    class RoomMessage:
        def __repr__(self) -> str:
            return "hello"

    assert Redaction()(None, "info", {"event": RoomMessage()}) == {"event": "<RoomMessage>"}
