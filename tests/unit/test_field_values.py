"""What people write into the fields of an app, and what becomes of it (requirement S21)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.services.items import check_values, read_changes, read_values, show_value

T = FieldType


def field(type_: FieldType, **more: Any) -> Field:
    return Field("f", "Label", type_, **more)


def read(type_: FieldType, raw: str, **more: Any) -> Any:
    return read_values([field(type_, **more)], {"f": raw}).get("f")


def refusal(type_: FieldType, raw: str, **more: Any) -> str:
    with pytest.raises(InvalidItem) as refused:
        read(type_, raw, **more)
    assert list(refused.value.errors) == ["f"]
    return refused.value.errors["f"]


LEVELS = {"choices": ("Gold", "Silver", "Very important")}


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        (T.STRING, "  Acme Ltd. ", "Acme Ltd."),
        (T.STRING, "x" * 255, "x" * 255),
        (T.TEXT, "two\nlines\n", "two\nlines"),
        (T.NUMBER, "12", 12),
        (T.NUMBER, "+12", 12),
        (T.NUMBER, "-0,5", -0.5),
        (T.NUMBER, "\u22123", -3),
        (T.NUMBER, "1.5", 1.5),
        (T.NUMBER, "1,5", 1.5),
        (T.NUMBER, "1.234,56", 1234.56),
        (T.NUMBER, "1,234.56", 1234.56),
        (T.NUMBER, "1.234.567", 1234567),
        (T.NUMBER, "1,234,567", 1234567),
        (T.NUMBER, "1 234 567,8", 1234567.8),
        (T.NUMBER, "1\u202f234", 1234),
        (T.NUMBER, "1'234.50", 1234.5),
        (T.NUMBER, "0,125", 0.125),
        (T.NUMBER, "1.250", 1.25),
        (T.NUMBER, "19.99", 19.99),
        (T.NUMBER, "123456789012345", 123456789012345),
        (T.DATE, "2026-12-24", "2026-12-24"),
        (T.DATE, "24.12.2026", "2026-12-24"),
        (T.DATE, "1. 2. 2026", "2026-02-01"),
        (T.DATE, "24 Dec 2026", "2026-12-24"),
        (T.DATE, "24. Dezember 2026", "2026-12-24"),
        (T.DATE, "December 24, 2026", "2026-12-24"),
        (T.DATE, "3 März 2026", "2026-03-03"),
        (T.DATE, "2026/1/2", "2026-01-02"),
        (T.DATETIME, "2026-12-24T18:00", "2026-12-24T18:00:00+00:00"),
        (T.DATETIME, "2026-12-24T18:00:30.123Z", "2026-12-24T18:00:30+00:00"),
        (T.DATETIME, "24.12.2026 18:00", "2026-12-24T18:00:00+00:00"),
        (T.DATETIME, "24.12.2026, 18:00 Uhr", "2026-12-24T18:00:00+00:00"),
        (T.DATETIME, "24 Dec 2026 8:05 UTC", "2026-12-24T08:05:00+00:00"),
        (T.DATETIME, "2026-12-24 18:00 +0130", "2026-12-24T18:00:00+01:30"),
        (T.DATETIME, "2026-12-24 18:00-05:00", "2026-12-24T18:00:00-05:00"),
        (T.DATETIME, "2026-07-01 18:00 Europe/Berlin", "2026-07-01T18:00:00+02:00"),
        (T.BOOLEAN, "yes", True),
        (T.BOOLEAN, "JA", True),
        (T.BOOLEAN, "True", True),
        (T.BOOLEAN, "nein", False),
        (T.BOOLEAN, "off", False),
        (T.EMAIL, " carla@Example.ORG ", "carla@example.org"),
        (T.EMAIL, "ü@bücher.example.de", "ü@bücher.example.de"),
        (T.PHONE, "+49 (30) 123456", "+4930123456"),
        (T.PHONE, "+1-202-555-0100", "+12025550100"),
        (T.LINK, "https://example.org/a?b=c", "https://example.org/a?b=c"),
        (T.LINK, "HTTP://example.org", "HTTP://example.org"),
        (T.FILE, "mxc://example.org/AbC-1_2", "mxc://example.org/AbC-1_2"),
        (T.FILE, "https://example.org/contract.pdf", "https://example.org/contract.pdf"),
        (T.USER, "@boris:example.org", "@boris:example.org"),
        (T.USER, "@boris:[::1]:8448", "@boris:[::1]:8448"),
        (T.ACCOUNT, "@carla:example.org", ["matrix:@carla:example.org"]),
        (
            T.ACCOUNT,
            "telegram:42, matrix:@carla:example.org\nTelegram:42",
            ["telegram:42", "matrix:@carla:example.org"],
        ),
        (T.REFERENCE, "#12", "12"),
        (T.REFERENCE, "ACME-7", "ACME-7"),
    ],
)
def test_what_people_write(type_: FieldType, raw: str, value: Any) -> None:
    found = read(type_, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("raw", ["gold", " GOLD ", "Gold"])
def test_choices_in_any_case(raw: str) -> None:
    assert read(T.CHOICE, raw, **LEVELS) == "Gold"
    assert read(T.CHOICE, "very  Important", **LEVELS) == "Very important"


def test_where_a_phone_and_a_clock_are() -> None:
    assert read(T.PHONE, "030 123456", locale="DE") == "+4930123456"
    assert read(T.PHONE, "+1 202 555 0100", locale="DE") == "+12025550100"
    assert read(T.DATETIME, "2026-12-24 18:00", locale="Europe/Berlin") == "2026-12-24T18:00:00+01:00"
    assert read(T.DATETIME, "2026-12-24 18:00 UTC", locale="Europe/Berlin") == "2026-12-24T18:00:00+00:00"


@pytest.mark.parametrize(
    ("type_", "raw", "words"),
    [
        (T.STRING, "two\nlines", "one line"),
        (T.STRING, "x" * 256, "256 characters; at most 255"),
        (T.TEXT, "x" * 50_001, "at most 50000"),
        (T.NUMBER, "twelve", "'twelve' is not a number; write it like 1234.5"),
        (T.NUMBER, "1,234", "could mean 1234 or 1.234"),
        (T.NUMBER, "1.2.3", "not a number"),
        (T.NUMBER, "1,2.3,4", "not a number"),
        (T.NUMBER, "٣", "not a number"),
        (T.NUMBER, "1e5", "not a number"),
        (T.NUMBER, "nan", "not a number"),
        (T.NUMBER, "1234567890123456", "at most 15"),
        (T.NUMBER, "0." + "0" * 20 + "1", "at most 15"),
        (T.DATE, "soon", "write it like 2026-12-24 or 24.12.2026"),
        (T.DATE, "03/04/2026", "is not a date"),
        (T.DATE, "24.12.26", "is not a date"),
        (T.DATE, "30.2.2026", "stands in no calendar"),
        (T.DATE, "24 Foo 2026", "is not a date"),
        (T.DATETIME, "2026-12-24", "the time is missing; write it like 2026-12-24 18:00"),
        (T.DATETIME, "tomorrow", "write it like 2026-12-24 18:00"),
        (T.DATETIME, "2026-12-24 25:00", "no clock shows"),
        (T.DATETIME, "2026-12-24 18:00 Nowhere/City", "no time zone Nowhere/City"),
        (T.DATETIME, "2026-12-24 18:00 +23:00", "no time zone +23:00"),
        (T.DATETIME, "0001-01-01 00:00 +02:00", "out of range"),
        (T.BOOLEAN, "maybe", "write yes or no"),
        (T.EMAIL, "carla", "'carla' is not an e-mail address"),
        (T.EMAIL, "Carla <carla@example.org>", "not an e-mail address"),
        (T.PHONE, "030 123456", "write it like +49 30 123456"),
        (T.PHONE, "+49", "not a phone number"),
        (T.PHONE, "+49 1", "write it like"),
        (T.PHONE, "+999 123456", "no known country code"),
        (T.LINK, "example.org", "write it like https://example.org/page"),
        (T.LINK, "ftp://example.org", "write it like https"),
        (T.LINK, "javascript:alert(1)", "write it like https"),
        (T.LINK, "https://", "not an address"),
        (T.LINK, "https://a b", "not an address"),
        (T.LINK, "https://[::1", "not an address"),
        (T.LINK, "https://example.org:port/", "not an address"),
        (T.LINK, "https://example.org/" + "x" * 2000, "at most 2000"),
        (T.FILE, "http://example.org/contract.pdf", "mxc://example.org/abc or https"),
        (T.FILE, "contract.pdf", "is not a file"),
        (T.USER, "boris", "write it like @boris:example.org"),
        (T.USER, "@boris", "is not a Matrix id"),
        (T.USER, "@a b:example.org", "is not a Matrix id"),
        (T.ACCOUNT, "telegram", "write it as network:id"),
        (T.ACCOUNT, "matrix:carla", "is not a Matrix id"),
        (T.ACCOUNT, " ".join(f"web:{number}" for number in range(101)), "101 accounts; at most 100"),
        (T.REFERENCE, "the last one", "write it like #12"),
        (T.REFERENCE, "#", "write it like #12"),
    ],
)
def test_what_is_refused_and_the_way_out(type_: FieldType, raw: str, words: str) -> None:
    assert words in refusal(type_, raw)


def test_a_choice_that_was_nearly_right() -> None:
    assert (
        refusal(T.CHOICE, "silvr", **LEVELS)
        == "'silvr' is no choice; did you mean Silver? choose one of: Gold, Silver, Very important"
    )
    assert "did you mean" not in refusal(T.CHOICE, "x", **LEVELS)


NAME = Field("name", "Full name", T.STRING, is_required=True)
PHONE = Field("phone", "Phone", T.PHONE)
AGE = Field("age", "Age", T.NUMBER)


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(InvalidItem) as refused:
        read_values([NAME, PHONE, AGE], {"phone": "x", "age": "y", "agee": "3", "Author": "@a:b"})
    assert refused.value.errors == {
        "name": "is required and must not be empty",
        "phone": "'x' is not a phone number; write it like +49 30 123456",
        "age": "'y' is not a number; write it like 1234.5",
        "agee": "there is no such field; did you mean age? the fields are: name, phone, age",
        "Author": "is filled in by the plugin; leave it out",
    }
    assert len(str(refused.value).splitlines()) == 5


def test_a_field_is_found_by_its_key_or_label() -> None:
    assert read_values([NAME, AGE], {"full NAME": "Ada", "AGE": "3"}) == {"name": "Ada", "age": 3}


def test_an_empty_field_is_absent() -> None:
    assert read_values([NAME, PHONE], {"name": "Ada", "phone": "  "}) == {"name": "Ada"}
    assert read_values([field(T.ACCOUNT)], {"f": " , "}) == {}


def test_changes_name_what_is_emptied_and_leave_the_rest() -> None:
    assert read_changes([NAME, PHONE, AGE], {"phone": "", "age": "7"}) == {"phone": None, "age": 7}
    with pytest.raises(InvalidItem, match="name: is required"):
        read_changes([NAME, PHONE], {"name": " "})


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        (T.NUMBER, 1.0, 1),
        (T.NUMBER, 0.1, 0.1),
        (T.NUMBER, "1,5", 1.5),
        (T.BOOLEAN, False, False),
        (T.BOOLEAN, "yes", True),
        (T.ACCOUNT, ["@carla:example.org"], ["matrix:@carla:example.org"]),
        (T.ACCOUNT, "web:7", ["web:7"]),
        (T.PHONE, "+4930123456", "+4930123456"),
        (T.STRING, " x ", "x"),
    ],
)
def test_values_that_come_as_json(type_: FieldType, value: Any, kept: Any) -> None:
    assert check_values([field(type_)], {"f": value}) == {"f": kept}


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (T.NUMBER, True),
        (T.NUMBER, float("nan")),
        (T.NUMBER, float("inf")),
        (T.STRING, 7),
        (T.BOOLEAN, 1),
        (T.ACCOUNT, [7]),
        (T.STRING, ["x"]),
        (T.TEXT, {"a": 1}),
    ],
)
def test_json_of_a_wrong_type(type_: FieldType, value: Any) -> None:
    with pytest.raises(InvalidItem) as refused:
        check_values([field(type_)], {"f": value})
    assert list(refused.value.errors) == ["f"]


def test_nothing_is_nothing() -> None:
    assert check_values([field(T.STRING), NAME], {"f": None, "name": "x"}) == {"name": "x"}
    assert check_values([field(T.ACCOUNT)], {"f": []}) == {}
    with pytest.raises(InvalidItem):
        check_values([NAME], {"name": None})


@pytest.mark.parametrize(
    ("type_", "value", "shown"),
    [
        (T.STRING, "Acme", "Acme"),
        (T.NUMBER, 12, "12"),
        (T.NUMBER, 0.000001, "0.000001"),
        (T.NUMBER, 19.99, "19.99"),
        (T.DATE, "2026-12-24", "2026-12-24"),
        (T.DATETIME, "2026-12-24T18:00:00+01:00", "2026-12-24 18:00 +01:00"),
        (T.DATETIME, "2026-12-24T18:00:00+00:00", "2026-12-24 18:00 UTC"),
        (T.BOOLEAN, True, "yes"),
        (T.BOOLEAN, False, "no"),
        (T.PHONE, "+4930123456", "+49 30 123456"),
        (T.PHONE, "internal 7", "internal 7"),
        (T.ACCOUNT, ["web:7", "web:8"], "web:7, web:8"),
        (T.REFERENCE, "12", "#12"),
        (T.STRING, None, ""),
    ],
)
def test_values_as_people_read_them(type_: FieldType, value: Any, shown: str) -> None:
    assert show_value(field(type_), value) == shown


@pytest.mark.parametrize("type_", [t for t in T if t is not T.CHOICE])
@given(raw=st.text())
def test_reading_refuses_or_answers_what_reads_as_itself(type_: FieldType, raw: str) -> None:
    try:
        value = read(type_, raw)
    except InvalidItem:
        return
    assert check_values([field(type_)], {"f": value}).get("f") == value
    if value is not None and type_ is not T.DATETIME:
        assert read(type_, show_value(field(type_), value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_is_kept_as_it_is_or_refused(number: float) -> None:
    try:
        kept = check_values([field(T.NUMBER)], {"f": number})["f"]
    except InvalidItem:
        return
    assert kept == number
    assert read(T.NUMBER, show_value(field(T.NUMBER), kept)) == number
