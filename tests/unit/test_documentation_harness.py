"""The pages are read as CONTRIBUTING.md says; tests/integration/test_documentation.py carries them out."""

import pytest

from tests.integration.documentation.steps import CannotBeRead, Run, Section, Seen, Written, steps_of
from tests.integration.documentation.words import Words
from tests.integration.documentation.world import _place

PAGE = """# A page

```chat
carla in chat> Hello
the queue room> #12 Carla
                Hello
anna reacts in queue> ✋
```

## A section

```toml
[x]
```

```sh
livechat chats add sales \\
    Sales
# → Sales is ready: …
# → error: another
# a comment
livechat audit
```
"""


def test_a_page_is_read_in_its_order() -> None:
    assert list(steps_of("page.md", PAGE)) == [
        Written("page.md:4", "carla", "in", "chat", "Hello"),
        Seen("page.md:5", "the queue room", "#12 Carla\nHello"),
        Written("page.md:7", "anna", "reacts in", "queue", "✋"),
        Section("page.md:17"),
        Run(
            "page.md:17",
            "livechat chats add sales \\\nSales",
            ("Sales is ready: …", "error: another"),
        ),
        Run("page.md:22", "livechat audit", ()),
    ]


def test_a_line_of_no_kind_is_refused() -> None:
    with pytest.raises(CannotBeRead, match=r"page\.md:2"):
        list(steps_of("page.md", "```chat\nHello\n```\n"))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("queue", "queue"),
        ("the queue room", "queue"),
        ("the session room", "session"),
        ("the supervisors' room", "supervisors"),
        ("the administrators' room", "administrators"),
        ("the bot", "bot"),
        ("the live chat", "chat"),
        ("queue of sales", "queue of sales"),
        ("the live chat of sales", "chat of sales"),
    ],
)
def test_places_have_several_names(name: str, place: str) -> None:
    assert _place("page.md:1", name) == place


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(CannotBeRead, match="there is no place 'the kitchen'"):
        _place("page.md:1", "the kitchen")


def test_numbers_of_a_page_stand_for_those_of_the_world() -> None:
    words = Words("live.test")
    assert not words.sees("#12 Dan", "#3 Carla")
    assert words.sees("#12 Carla · Matrix\nTake it with !take 12", "#3 Carla · Matrix\nTake it with !take 3")
    assert not words.sees("#12 Carla", "#4 Carla")
    assert words.as_written("!take 12") == "!take 3"
    assert words.as_written("!connect #12 12%") == "!connect #3 12%"
    assert words.as_written("I have 12 apples") == "I have 12 apples"
    words.forget()
    assert words.sees("#12 Carla", "#4 Carla")


def test_lines_are_whole_unless_something_is_left_out() -> None:
    words = Words("live.test")
    assert words.sees("You are away.", "Hello\n🟡 You are away.")
    assert not words.sees("You are", "You are away.")
    assert words.sees("You are …", "You are away.")
    assert words.sees("You are away. …", "You are away.")
    assert words.sees("You … away. …", "You are\naway. Or\nso.")
    assert words.sees("… is @boris:your.server", "It is @boris:live.test")
    assert not words.sees("You are away.", "You are away. Or not.")
