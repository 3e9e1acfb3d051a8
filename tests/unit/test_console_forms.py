"""Forms of typed fields: every type's input, what is read from it, and errors beside the fields (requirement S21)."""

from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.datastructures import FormData, Headers, UploadFile

from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.web.console.forms import as_written, other_errors, questions, read_form, take
from livechat_plugin.web.console.rendering import template_environment
from livechat_plugin.web.static_files import Assets

ALL = (
    Field("string", "String", FieldType.STRING, help="One <line>."),
    Field("text", "Text", FieldType.TEXT),
    Field("number", "Number", FieldType.NUMBER),
    Field("date", "Date", FieldType.DATE),
    Field("datetime", "Moment", FieldType.DATETIME, locale="Europe/Berlin"),
    Field("boolean", "Boolean", FieldType.BOOLEAN),
    Field("choice", "Choice", FieldType.CHOICE, choices=("gold", "silver")),
    Field("email", "E-mail", FieldType.EMAIL),
    Field("phone", "Phone", FieldType.PHONE, locale="DE"),
    Field("link", "Link", FieldType.LINK),
    Field("file", "File", FieldType.FILE),
    Field("user", "User", FieldType.USER),
    Field("account", "Account", FieldType.ACCOUNT),
    Field("reference", "Reference", FieldType.REFERENCE, app="orders"),
)
WRITTEN = {
    "field-string": "  Carla ",
    "field-text": "two\r\nlines",
    "field-number": "1.234,5",
    "field-date": "2026-12-24",
    "field-datetime": "2026-12-24T18:00",
    "field-datetime-zone": "Europe/Berlin",
    "field-boolean": "no",
    "field-choice": "gold",
    "field-email": "carla@Example.org",
    "field-phone": "030 123456",
    "field-link": "https://example.org/a",
    "field-file": "https://example.org/a.pdf",
    "field-user": "@anna:example.org",
    "field-account": "matrix:@carla:example.org\nweb:7",
    "field-reference": "#12",
    "csrf": "not a field",
    "field-unknown": "passed over",
}
VALUES: dict[str, Any] = {
    "string": "Carla",
    "text": "two\r\nlines",
    "number": 1234.5,
    "date": "2026-12-24",
    "datetime": "2026-12-24T18:00:00+01:00",
    "boolean": False,
    "choice": "gold",
    "email": "carla@example.org",
    "phone": "+4930123456",
    "link": "https://example.org/a",
    "file": "https://example.org/a.pdf",
    "user": "@anna:example.org",
    "account": ["matrix:@carla:example.org", "web:7"],
    "reference": "12",
}
FILE = Field("file", "File", FieldType.FILE, is_required=True)


def rendered(fields: tuple[Field, ...], **more: Any) -> BeautifulSoup:
    template = template_environment(Assets({"icons.svg": "icons.svg"}, {})).from_string(
        '{% from "components/field.html" import question %}'
        '{% for one in asked %}{{ question(one, root="/console", people=["@anna:example.org"]) }}{% endfor %}'
    )
    return BeautifulSoup(template.render(asked=questions(fields, **more)), "html.parser")


def uploaded(data: bytes, name: str = "a.pdf") -> UploadFile:
    return UploadFile(BytesIO(data), size=len(data), filename=name, headers=Headers())


def test_every_type_is_read_from_its_inputs() -> None:
    assert {field.type for field in ALL} == set(FieldType)
    assert read_form(ALL, take(FormData(WRITTEN), ALL)) == VALUES


def test_values_come_back_into_their_inputs_and_are_read_the_same() -> None:
    written = as_written(ALL, VALUES)
    page = rendered(ALL, written=written)
    sent: dict[str, str] = {}
    for element in page.select("input[name]:not([type=file]), textarea[name]"):
        sent[str(element["name"])] = str(element.get("value") or element.get_text())
    for element in page.select("select[name]"):
        [chosen] = element.select("option[selected]")
        sent[str(element["name"])] = str(chosen.get("value") or chosen.get_text())
    assert read_form(ALL, take(FormData(sent), ALL)) == VALUES


@pytest.mark.parametrize(
    ("type_", "input_type"),
    [("date", "date"), ("datetime", "datetime-local"), ("email", "email"), ("phone", "tel"), ("link", "url")],
)
def test_inputs_are_of_the_kind_that_keyboards_and_browsers_know(type_: str, input_type: str) -> None:
    page = rendered(ALL, written=as_written(ALL, {}))
    [found] = page.select(f"#field-{type_}")
    assert found["type"] == input_type


def test_every_input_has_its_label_help_and_error() -> None:
    errors = {field.key: "is <wrong>" for field in ALL}
    page = rendered(ALL, written=as_written(ALL, VALUES), errors=errors)
    for field in ALL:
        [control] = page.select(f"#field-{field.key}")
        [label] = page.select(f"label[for='field-{field.key}']")
        assert field.label in label.get_text()
        assert control["aria-invalid"] == "true"
        told = " ".join(
            page.select(f"#{key}")[0].get_text() for key in str(control["aria-describedby"]).split()
        )
        assert "Is <wrong>." in told
        assert field.help in told


@pytest.mark.parametrize("key", [field.key for field in ALL if field.type is not FieldType.TEXT])
def test_nothing_is_taken_that_does_not_fit(key: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        read_form(ALL, take(FormData({f"field-{key}": "?" * 300}), ALL))
    assert set(refused.value.errors) == {key}


def test_what_is_required_is_missed_and_stays_written() -> None:
    name, email = Field("name", "Name", FieldType.STRING, is_required=True), ALL[7]
    written = take(FormData({"field-email": "nobody"}), [name, email])
    with pytest.raises(InvalidItem) as refused:
        read_form([name, email], written)
    asked = questions([name, email], written, refused.value.errors)
    assert [one.written for one in asked] == ["", "nobody"]
    assert asked[0].error == "Is required and must not be empty."
    assert "'nobody' is not an e-mail address" in (asked[1].error or "")
    assert other_errors([name], {"item_id": "there is none"}) == ["Item_id: there is none."]


def test_a_choice_that_is_gone_is_shown_and_refused() -> None:
    page = rendered(ALL, written=as_written(ALL, {"choice": "bronze"}))
    assert [option.get_text() for option in page.select("#field-choice option[selected]")] == ["bronze"]


def test_a_file_is_uploaded_or_the_last_one_or_an_address() -> None:
    upload = take(FormData([("field-file-upload", uploaded(b"data")), ("field-file", "")]), [FILE])
    assert read_form([FILE], upload) == {}
    assert upload.uploads["file"].filename == "a.pdf"
    last = take(FormData({"field-file-last": "yes"}), [FILE])
    assert read_form([FILE], last, "mxc://example.org/abc") == {"file": "mxc://example.org/abc"}
    with pytest.raises(InvalidItem, match="nobody has sent a file"):
        read_form([FILE], last)
    with pytest.raises(InvalidItem, match="is an empty file"):
        read_form([FILE], take(FormData([("field-file-upload", uploaded(b""))]), [FILE]))
    with pytest.raises(InvalidItem, match="is required"):
        read_form([FILE], take(FormData([("field-file-upload", uploaded(b"", ""))]), [FILE]))
    with pytest.raises(InvalidItem, match="is not a file"):
        read_form([FILE], take(FormData({"field-file": "javascript:alert(1)"}), [FILE]))


def test_a_file_that_is_too_large_is_refused() -> None:
    large = UploadFile(BytesIO(b"x"), size=60 * 2**20, filename="film.mp4", headers=Headers())
    with pytest.raises(InvalidItem, match="larger than 50 MB"):
        read_form([FILE], take(FormData([("field-file-upload", large)]), [FILE]))


def test_a_file_where_a_text_belongs_is_an_empty_text() -> None:
    assert read_form(ALL, take(FormData([("field-string", uploaded(b"data"))]), ALL)) == {}
