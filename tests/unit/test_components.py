"""The parts that pages are made of."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment

from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.web.console.components import file_size, initials, tint
from livechat_plugin.web.console.rendering import TEMPLATES, template_environment
from livechat_plugin.web.static_files import Assets, shipped_assets

FRONTEND = Path(__file__).parents[2] / "frontend"
ICONS = json.loads((FRONTEND / "src" / "icons.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment() -> Environment:
    return template_environment(shipped_assets())


def the(html: BeautifulSoup, selector: str) -> Tag:
    found = html.select_one(selector)
    assert found is not None, selector
    return found


def rendered(environment: Environment, source: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(environment.from_string(source).render(**context), "html.parser")


def test_a_misspelt_asset_is_an_error_where_it_is_written() -> None:
    with pytest.raises(LookupError):
        template_environment(Assets({}, {})).from_string("{{ asset('x.css') }}").render()


@pytest.mark.parametrize("kind", FieldType)
def test_every_type_of_field_has_a_label_an_error_and_its_value(
    environment: Environment, kind: FieldType
) -> None:
    field = Field("about", "About <it>", kind, is_required=True, choices=("Red", "Blue"), help="What it is.")
    values = {
        FieldType.CHOICE: "Blue",
        FieldType.BOOLEAN: "yes",
        FieldType.DATE: "2026-12-24",
        FieldType.DATETIME: "2026-12-24 18:00",
    }
    value = values.get(kind, '"quoted" & <strange>')
    html = rendered(environment, "{{ ui.field(field, value, 'Not this.') }}", field=field, value=value)
    label = the(html, "label")
    assert "About <it>" in label.get_text()
    assert "(required)" in label.get_text()
    control = the(html, f"#{label['for']}")
    assert control["name"] == "about"
    assert control["aria-invalid"] == "true"
    assert control["aria-required"] == "true"
    described = [html.find(id=name) for name in str(control["aria-describedby"]).split()]
    assert [part.get_text(strip=True) for part in described if part] == ["Not this.", "What it is."]
    if control.name == "select":
        assert [option["value"] for option in control.select("option[selected]")] == [value]
    else:
        shown = control.get_text() if control.name == "textarea" else control["value"]
        assert str(shown).strip().replace("T", " ") == value.replace("T", " ")


@pytest.mark.parametrize("kind", FieldType)
def test_an_empty_field_that_is_fine_says_nothing(environment: Environment, kind: FieldType) -> None:
    html = rendered(environment, "{{ ui.field(field, none) }}", field=Field("about", "About", kind))
    control = the(html, "[name=about]")
    assert not {"aria-invalid", "aria-required", "aria-describedby"} & control.attrs.keys()
    assert html.select(".error, .help, option[selected]:not([value=''])") == []
    assert control.get("value", "") == ""


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (FieldType.DATE, "24.12.2026"),
        (FieldType.DATETIME, "tomorrow"),
        (FieldType.DATETIME, "2026-12-24 18:00 +01:00"),
    ],
)
def test_what_a_date_picker_cannot_show_is_kept_as_it_was_written(
    environment: Environment, kind: FieldType, written: str
) -> None:
    html = rendered(
        environment, "{{ ui.field(field, value) }}", field=Field("day", "Day", kind), value=written
    )
    control = the(html, "input")
    assert (control["type"], control["value"]) == ("text", written)


@pytest.mark.parametrize(
    "call",
    [
        "ui.input('x', 'X', placeholder='p', hx_get='/y')",
        "ui.textarea('x', 'X', placeholder='p', hx_get='/y')",
        "ui.select('x', 'X', ['a'], placeholder='p', hx_get='/y')",
        "ui.field(field, '', placeholder='p', hx_get='/y')",
    ],
)
def test_further_attributes_reach_the_control(environment: Environment, call: str) -> None:
    html = rendered(environment, f"{{{{ {call} }}}}", field=Field("x", "X", FieldType.REFERENCE))
    control = the(html, "#field-x")
    assert control["hx-get"] == "/y"


def test_attributes_are_written_escaped_or_left_out(environment: Environment) -> None:
    html = rendered(
        environment,
        "{{ ui.button('Go', hx_post='/a?b=\"c\"', data_closes=true, disabled=false, title=none, class_='x') }}",
    )
    button = the(html, "button")
    assert button["hx-post"] == '/a?b="c"'
    assert button["data-closes"] == ""
    assert not {"disabled", "title"} & button.attrs.keys()


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Anna Karenina", "AK"), ("anna", "A"), ("@boris.k:example.org", "BK"), ("José María del Valle", "JV"), ("Ли Вэй", "ЛВ"),
     ("  ", "?"), ("", "?"), ("👋", "?"), ("@:x", "?"), ("+49 30 1234", "41")],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_colour_stays_with_its_name() -> None:
    assert tint("Anna") == tint("Anna")
    assert {tint(str(number)) for number in range(200)} == set(range(1, 9))


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_440_000, "1.4 MB"),
        (250_000, "250 kB"),
        (3_000_000_000, "3.0 GB"),
    ],
)
def test_the_size_of_a_file(size: int, shown: str) -> None:
    assert file_size(size) == shown


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_pages_hold_no_scripts_and_styles_and_only_icons_that_there_are(template: Path) -> None:
    """The content security policy would stop them without a word to whoever looks at the page."""
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:|js:", source)
    named = re.findall(r"""\bicon(?:_button)?\(["']([\w-]+)["']|\bicon=["']([\w-]+)["']""", source)
    assert {name for pair in named for name in pair if name} <= ICONS.keys()
