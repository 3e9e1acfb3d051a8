"""What is a command and what is only an exclamation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.command_lines import (
    Arguments,
    CommandLine,
    UnreadableArguments,
    nearest,
    read_arguments,
    read_command,
    read_number,
    unescape,
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("!help", CommandLine("help", "")),
        ("!Take 12", CommandLine("take", "12")),
        ("!take   #12  ", CommandLine("take", "#12")),
        ("!note two\nlines", CommandLine("note", "two\nlines")),
        ("!note\nbelow", CommandLine("note", "below")),
        ("!take\t12", CommandLine("take", "12")),
        ("!x", CommandLine("x", "")),
    ],
)
def test_commands(text: str, line: CommandLine) -> None:
    assert read_command(text) == line


@pytest.mark.parametrize(
    "text", ["", "!", "!!", "!!!", "! important", "!!help", "!1", "hello !help", " !help", "!?"]
)
def test_what_is_meant_for_people(text: str) -> None:
    assert read_command(text) is None


@given(st.text())
def test_reading_never_fails_and_names_are_words(text: str) -> None:
    line = read_command(text)
    if line is not None:
        assert text.startswith("!")
        assert line.name
        assert line.name == line.name.strip().lower()


@pytest.mark.parametrize(
    ("text", "sent"),
    [("!!help", "!help"), ("!!!", "!!!"), ("!!", "!!"), ("!help", "!help"), ("!! x", "!! x"), ("hi", "hi")],
)
def test_two_marks_before_a_word_send_one(text: str, sent: str) -> None:
    assert unescape(text) == sent


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("#12", 12),
        (" 12 ", 12),
        ("0", 0),
        ("", None),
        ("#", None),
        ("##1", None),
        ("-1", None),
        ("1.5", None),
        ("twelve", None),
        ("١٢", None),
        ("²", None),
        ("9" * 18, None),
        (str(2**31 - 1), 2**31 - 1),
        (str(2**31), None),
        ("99999999999", None),
        ("0" * 5000 + "1", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: int | None) -> None:
    assert read_number(text) == number


def test_the_nearest_command() -> None:
    assert nearest("tkae", ["take", "close"]) == "take"
    assert nearest("xyzzy", ["take", "close"]) is None


@pytest.mark.parametrize(
    ("text", "words", "named"),
    [
        ("", (), {}),
        ("contacts 12", ("contacts", "12"), {}),
        ('contacts name="Acme Ltd." age=3', ("contacts",), {"name": "Acme Ltd.", "age": "3"}),
        ("Name='two words' x", ("x",), {"name": "two words"}),
        ("name=O'Brien", (), {"name": "O'Brien"}),
        ("it's late", ("it's", "late"), {}),
        ("'it's late'", ("it's late",), {}),
        (r'"say \"hi\" and \\ x\y"', (r'say "hi" and \ x\y',), {}),
        ("text=“typed on a phone” „und so“ «et»", ("und so", "et"), {"text": "typed on a phone"}),
        ("name=", (), {"name": ""}),
        ('name=""', (), {"name": ""}),
        ('"name=x"', ("name=x",), {}),
        ("https://example.org/?a=b", ("https://example.org/?a=b",), {}),
        ("a=b=c", (), {"a": "b=c"}),
        ("größe=3", (), {"größe": "3"}),
        ("level:choice(a,b)", ("level:choice(a,b)",), {}),
        ("two\nlines", ("two", "lines"), {}),
        ('text="two\nlines"', (), {"text": "two\nlines"}),
    ],
)
def test_what_stands_after_a_command(text: str, words: tuple[str, ...], named: dict[str, str]) -> None:
    assert read_arguments(text) == Arguments(words, named)


def test_a_lonely_quotation_mark_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnreadableArguments, match=r"before 'Acme Ltd\.' has no partner; write \" at the end"):
        read_arguments('name="Acme Ltd.')
    with pytest.raises(UnreadableArguments, match="write ” at"):
        read_arguments("“Acme")


def test_a_key_is_given_once() -> None:
    with pytest.raises(UnreadableArguments, match="name is given twice"):
        read_arguments("name=a Name=b")


@given(st.text())
def test_arguments_are_read_or_refused(text: str) -> None:
    try:
        found = read_arguments(text)
    except UnreadableArguments:
        return
    assert all(key == key.lower() for key in found.named)
