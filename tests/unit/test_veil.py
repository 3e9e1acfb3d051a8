"""What tells who speaks is taken out of what customers see; everything else stays as it was (S5)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin import Location, Media, Text
from livechat_plugin.core.acts import Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, Mention
from livechat_plugin.core.veil import Veiled, user_ids_in, veil, veil_content
from livechat_plugin.core.veiled_names import veil_file_name

ID = "@anna:example.org"
MXC = "mxc://example.org/1"
ANNA = Veiled(ID, "Customer Support", ("Anna Smith", "anna"), "mxc://example.org/anna")
BORIS = Veiled("@boris:example.org", "Customer Support")


def text(body: str, html: str | None = None, *mentions: Mention) -> Text:
    return Text(body, html, "text", mentions)


def seen(content: Content, *people: Veiled) -> Any:
    return veil_content(content, people or (ANNA,))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("@anna:example.org", "Customer Support"),
        ("I am @anna:example.org.", "I am Customer Support."),
        ("I am @Anna:Example.org, hi", "I am Customer Support, hi"),
        ("anna:example.org", "Customer Support"),
        ("https://matrix.to/#/@anna:example.org", "https://matrix.to/#/Customer Support"),
        ("https://matrix.to/#/%40anna%3Aexample.org?via=x", "https://matrix.to/#/Customer Support?via=x"),
        ("matrix:u/anna:example.org", "matrix:u/Customer Support"),
        ("> <@anna:example.org> quoted", "> <Customer Support> quoted"),
    ],
)
def test_an_id_is_replaced_however_it_is_written(written: str, shown: str) -> None:
    assert seen(Text(written)).body == shown
    assert ID in user_ids_in(Say(Text(written))) or written == "anna:example.org"


@pytest.mark.parametrize(
    "written",
    [
        "this is Anna",
        "anna is my name, and example.org our site",
        "@joanna:example.org",
        "ask @carlos:example.org",
        "10:30, a:b",
    ],
)
def test_plain_words_and_other_people_stay(written: str) -> None:
    assert seen(Text(written)) == Text(written)


def test_a_pill_becomes_the_live_chats_name_in_both_forms() -> None:
    pill = text("Anna S: hello", '<a rel="noopener">Anna S</a>: hello', Mention(ID, "Anna S"))
    assert seen(pill) == Text("Customer Support: hello", '<a rel="noopener">Customer Support</a>: hello')


def test_a_mention_beside_the_text_hides_what_the_person_is_called() -> None:
    assert seen(text("anna: hello, Anna Smith", None, Mention(ID))).body == (
        "Customer Support: hello, Customer Support"
    )
    assert seen(text("annabel: hello", None, Mention(ID))).body == "annabel: hello"


def test_a_mention_of_somebody_else_stays() -> None:
    said = text("Carlos: hello", "<a>Carlos</a>: hello", Mention("@carlos:example.org", "Carlos"))
    assert seen(said) == Text(said.body, said.html)


def test_a_name_that_is_a_tag_breaks_no_html() -> None:
    said = text("b says <b", "<b>b</b> says &lt;b <i>b</i>", Mention(ID, "b"))
    assert seen(said, Veiled(ID, "A & B")).html == "<b>A &amp; B</b> says &lt;A &amp; B <i>A &amp; B</i>"


def test_an_id_in_formatted_text_is_replaced_in_tags_too() -> None:
    html = '<a href="https://app.example/#/user/@anna:example.org">x</a> <img alt="@anna:example.org">'
    assert ID not in (seen(Text("x", html)).html or "")


def test_formatting_that_cuts_an_id_into_pieces_goes() -> None:
    assert ID in user_ids_in(Say(Text("x", "@anna:<b>example.org</b>")))
    assert seen(Text("x", "@anna:<b>example.org</b>")) == Text("x")


def test_the_operators_picture_within_the_text_goes() -> None:
    html = '<img src="mxc://example.org/anna" alt="me"><img src="mxc://example.org/cat">'
    assert seen(Text("x", html)).html == '<img src="mxc://example.org/cat">'


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Annas iPhone 007.jpg", "Customer Support iPhone 007.jpg"),
        ("IMG_Anna_Smith_2024.PNG", "IMG_Customer Support_2024.PNG"),
        ("AnnaSmith.pdf", "Customer Support.pdf"),
        ("anna@example.org.vcf", "Customer Support@example.org.vcf"),
        ("@anna:example.org.txt", "Customer Support.txt"),
        ("photo.anna", "photo.Customer Support"),
        ("holiday.jpg", "holiday.jpg"),
        ("", ""),
    ],
)
def test_an_operators_name_in_the_name_of_a_file_is_replaced(name: str, shown: str) -> None:
    assert seen(Media("file", MXC, name)).filename == shown


@pytest.mark.parametrize(
    ("called", "name", "hides"),
    [
        ("René Müller", "Rene\u0301.pdf", True),
        ("René Müller", "rene.pdf", True),
        ("Jürgen", "Juergens Handy.jpg", True),
        ("Jürgen", "jurgen.jpg", True),
        ("王小明", "王小明的iPhone.jpg", True),
        ("Анна", "Фото_Анны.jpg", False),
        ("Al", "invoice_final.pdf", False),
        ("Al", "Als Foto.jpg", True),
        ("Al", "al2.jpg", True),
        ("J. 1985", "J 1985.pdf", False),
        ("Pdf", "cv.pdf", False),
    ],
)
def test_names_are_found_as_people_and_systems_spell_them(called: str, name: str, hides: bool) -> None:  # noqa: FBT001
    assert (veil_file_name(name, [called], "Desk") != name) is hides


def test_the_alias_makes_no_folder_of_a_file() -> None:
    assert veil_file_name("anna.pdf", ["Anna"], "Sales/Support: all") == "Sales-Support- all.pdf"


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_name_once_veiled_holds_no_long_part_of_it(name: str, more: str) -> None:
    shown = veil_file_name(f"{name} Annabella{more}", ["Annabella"], "Desk")
    assert "annabella" not in shown.casefold()


def test_a_caption_is_words_and_what_programs_tell_is_not() -> None:
    image = Media(
        "image",
        MXC,
        "Anna.png",
        "Anna here, @anna:example.org",
        "<b>Anna</b> here",
        {
            "mimetype": "image/png; name=Anna.png",
            "w": 7,
            "xyz.amorgan.blurhash": "this is Anna Smith, not a hash",
            "thumbnail_info": {"mimetype": "image/png;Anna"},
        },
        encrypted={"url": MXC, "key": {"k": "secret", "by": ID}, "hashes": {"sha256": "x", "by": ID}},
    )
    assert seen(image) == Media(
        "image",
        MXC,
        "Customer Support.png",
        "Anna here, Customer Support",
        "<b>Anna</b> here",
        {"mimetype": "image/png", "w": 7, "thumbnail_info": {"mimetype": "image/png"}},
        encrypted={"url": MXC, "key": {"k": "secret"}, "hashes": {"sha256": "x"}},
    )


def test_the_wave_of_a_voice_message_is_numbers() -> None:
    voice = Media("voice", MXC, "x.ogg", voice={"duration": 1, "waveform": [1, 2]})
    assert seen(voice) == voice
    odd = Media("voice", MXC, "x.ogg", voice={"duration": 1, "waveform": [1, ID]})
    assert seen(odd).voice == {"duration": 1}


def test_a_place_is_named_by_programs() -> None:
    assert seen(Location("geo:1,2", "Anna's location")).description == "Customer Support's location"


def test_acts_are_veiled_and_keep_their_targets() -> None:
    target = Target(1, "$1")
    assert veil(Edit(target, Text(ID)), [ANNA]) == Edit(target, Text("Customer Support"))
    assert veil(Say(Text(ID), target), [ANNA]) == Say(Text("Customer Support"), target)
    assert veil(React(target, ID), [ANNA]) == React(target, "Customer Support")
    assert veil(Redact(target), [ANNA]) == Redact(target)
    assert user_ids_in(Redact(target)) == frozenset()
    assert ID in user_ids_in(React(target, ID))
    assert user_ids_in(Say(text("x", None, Mention(BORIS.user_id)))) == {BORIS.user_id}


PIECES = st.sampled_from(
    [ID, "%40anna%3Aexample.org", "Anna", "<b>", "</b>", '<img alt="', '">', "@", ":", " ", "x", "&amp;"]
)


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12))
def test_no_mixture_leaves_an_id(body: list[str], html: list[str]) -> None:
    shown = seen(Text("".join(body), "".join(html)))
    for form in (shown.body, shown.html or ""):
        assert ID not in form.lower().replace("%40", "@").replace("%3a", ":")


@given(st.text())
def test_words_without_anybody_stay_as_they_were(words: str) -> None:
    assert seen(Text(words), BORIS).body == words.replace(BORIS.user_id, "Customer Support")
