"""How people are named in commands."""

import pytest

from livechat_plugin.core.people import InvalidPerson, read_person, with_ids

BORIS = "@boris:example.org"


@pytest.mark.parametrize("word", ["@boris:example.org", "@boris", "boris", "boris:example.org"])
def test_an_id_may_be_short(word: str) -> None:
    assert read_person(word, "example.org") == BORIS


def test_somebody_may_be_of_another_homeserver() -> None:
    assert read_person("@boris:elsewhere.org:8448", "example.org") == "@boris:elsewhere.org:8448"


@pytest.mark.parametrize(
    "word", ["", "@", "@:example.org", "@boris:", "@*:example.org", "@bo ris", "@bo\nris"]
)
def test_what_is_no_id_says_so(word: str) -> None:
    with pytest.raises(InvalidPerson, match=r"is not a Matrix id such as @anna:example\.org"):
        read_person(word, "example.org")


@pytest.mark.parametrize(
    ("body", "html", "expected"),
    [
        (
            "!assign 12 Boris B.",
            f'!assign 12 <a href="https://matrix.to/#/{BORIS}">Boris B.</a>',
            f"!assign 12 {BORIS}",
        ),
        (
            "!assign 12 Boris",
            '!assign 12 <a class="x" href="https://matrix.to/#/%40boris%3Aexample.org?via=x"><b>Boris</b></a>',
            f"!assign 12 {BORIS}",
        ),
        (
            "!assign 12 O'Brien",
            f'!assign 12 <a href="https://matrix.to/#/{BORIS}">O&#39;Brien</a>',
            f"!assign 12 {BORIS}",
        ),
        (
            f"!assign 12 {BORIS}",
            f'!assign 12 <a href="https://matrix.to/#/{BORIS}">{BORIS}</a>',
            f"!assign 12 {BORIS}",
        ),
        ("see this room", '<a href="https://matrix.to/#/!room">this room</a>', "see this room"),
        ("!assign 12 @boris", None, "!assign 12 @boris"),
    ],
)
def test_a_mention_is_read_as_the_id_that_it_stands_for(body: str, html: str | None, expected: str) -> None:
    assert with_ids(body, html) == expected
