"""What an app can be, in one line and as plain values (requirement S21)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.app_definitions import (
    InvalidApp,
    app_from_plain,
    app_to_plain,
    check_app,
    field_line,
    read_field,
)
from livechat_plugin.core.apps import App, Field, FieldType

T = FieldType


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("name:string", Field("name", "Name", T.STRING)),
        ("name", Field("name", "Name", T.STRING)),
        ("name!", Field("name", "Name", T.STRING, is_required=True)),
        ("Full_Name:string! Your  name", Field("full_name", "Your name", T.STRING, is_required=True)),
        ("full_name", Field("full_name", "Full name", T.STRING)),
        ("mail:email", Field("mail", "Mail", T.EMAIL)),
        ("mail:E-Mail", Field("mail", "Mail", T.EMAIL)),
        (
            "level:choice(gold, very good)! Level",
            Field("level", "Level", T.CHOICE, is_required=True, choices=("gold", "very good")),
        ),
        ("order:reference(orders)", Field("order", "Order", T.REFERENCE, app="orders")),
        ("phone:phone(DE)", Field("phone", "Phone", T.PHONE, locale="DE")),
        (
            "due:datetime(Europe/Berlin) Due -- By when?",
            Field("due", "Due", T.DATETIME, help="By when?", locale="Europe/Berlin"),
        ),
        ("due:date -- By when?", Field("due", "Due", T.DATE, help="By when?")),
        ("account:account", Field("account", "Account", T.ACCOUNT)),
    ],
)
def test_a_field_in_one_line(line: str, field: Field) -> None:
    assert read_field(line) == field
    assert read_field(field_line(field)) == field


@pytest.mark.parametrize(
    ("line", "where", "words"),
    [
        ("", "field", "write it as key:type"),
        ("a:b:c", "a", "write it as key:type"),
        ("name:strnig", "name", "no type 'strnig'; did you mean string? the types are: string, text"),
        ("name:xyz", "name", "no type 'xyz'; the types are"),
        ("1name", "1name", "start with a letter"),
        ("größe", "größe", "a-z, 0-9"),
        ("author:user", "author", "has this field already"),
        ("level:choice", "level", "Write level:choice(gold,silver)"),
        ("level:choice(a,A)", "level", "stands there twice"),
        ("order:reference", "order", "Write order:reference("),
        ("name:string(x)", "name", "takes nothing in brackets"),
        ("phone:phone(Germany)", "phone", "two letters"),
        ("due:datetime(Nowhere)", "due", "no time zone 'Nowhere'"),
        ("name " + "x" * 101, "name", "101 characters; at most 100"),
    ],
)
def test_a_line_that_is_refused(line: str, where: str, words: str) -> None:
    with pytest.raises(InvalidApp) as refused:
        read_field(line)
    assert list(refused.value.errors) == [where]
    assert words in refused.value.errors[where]


FULL = App(
    "contacts",
    "Contacts",
    (
        Field("name", "Name", T.STRING, is_required=True, help="Of the company."),
        Field("level", "Level", T.CHOICE, choices=("gold", "silver")),
        Field("phone", "Phone", T.PHONE, locale="DE"),
        Field("order", "Order", T.REFERENCE, app="orders"),
        Field("account", "Account", T.ACCOUNT),
    ),
)


def test_an_app_as_plain_values() -> None:
    plain = app_to_plain(FULL)
    assert plain["fields"][:2] == [
        {"key": "name", "label": "Name", "type": "string", "required": True, "help": "Of the company."},
        {"key": "level", "label": "Level", "type": "choice", "choices": ["gold", "silver"]},
    ]
    assert app_from_plain(plain) == FULL


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidApp) as refused:
        app_from_plain(
            {
                "key": 7,
                "nam": "x",
                "fields": [
                    {"key": "a", "type": "strin", "requird": True},
                    {"type": "string", "required": "yes", "choices": "abc"},
                    "name:string",
                ],
            }
        )
    assert set(refused.value.errors) == {
        "nam", "key", "name", "a.type", "a.requird", "field 2.key", "field 2.required", "field 2.choices", "field 3",
    }  # fmt: skip


def test_an_app_and_its_fields_are_checked_together() -> None:
    with pytest.raises(InvalidApp) as refused:
        check_app(
            App(
                "Contacts!",
                " ",
                (
                    Field("name", "Name", T.STRING),
                    Field("name", "Other", T.STRING),
                    Field("title", "NAME", T.STRING),
                    Field("editor", "Editor", T.USER),
                    Field("text", "Text", T.TEXT, choices=("a",), app="b"),
                    Field("date", "Date", T.DATE, locale="DE"),
                ),
            )
        )
    assert set(refused.value.errors) == {"key", "name", "title", "editor", "text", "date"}


@pytest.mark.parametrize(
    "app",
    [
        replace(FULL, fields=()),
        replace(FULL, name="x" * 101),
        replace(FULL, key="x" * 41),
        replace(FULL, fields=tuple(Field(f"f{n}", f"F {n}", T.STRING) for n in range(101))),
        replace(FULL, fields=(Field("c", "C", T.CHOICE, choices=tuple(map(str, range(201)))),)),
        replace(FULL, fields=(Field("c", "C", T.CHOICE, choices=("", "b")),)),
        replace(FULL, fields=(Field("c", "", T.STRING),)),
        replace(FULL, fields=(Field("c", "C", T.STRING, help="x" * 501),)),
    ],
)
def test_an_app_beyond_the_limits(app: App) -> None:
    with pytest.raises(InvalidApp):
        check_app(app)


def test_words_are_trimmed() -> None:
    trimmed = check_app(App("a", "  My   app ", (Field("c", " C  d ", T.CHOICE, choices=(" a ",)),)))
    assert trimmed == App("a", "My app", (Field("c", "C d", T.CHOICE, choices=("a",)),))


@given(st.text())
def test_a_line_is_read_or_refused(line: str) -> None:
    try:
        field = read_field(line)
    except InvalidApp:
        return
    assert read_field(field_line(field)) == field


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["key", "type", "string"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "name", "fields", "type", "label", "x"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["key", "name", "fields", "x"]), _ANY))
def test_a_file_is_read_or_refused(plain: dict[str, Any]) -> None:
    try:
        app = app_from_plain(plain)
    except InvalidApp:
        return
    assert app_from_plain(app_to_plain(app)) == app
