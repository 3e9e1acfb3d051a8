"""What is said about groups."""

import pytest

from livechat_plugin.core import wording
from livechat_plugin.core.groups import Group, GroupSource
from livechat_plugin.core.live_chats import LiveChat

CHAT = LiveChat(1, "support", "Customer Support", "operators")
BORIS = "@boris:example.org"


def test_who_is_taken_out_learns_why() -> None:
    assert wording.not_entitled(CHAT) == "You are no longer in the groups of Customer Support."


def test_who_cannot_be_taken_out_is_named_with_the_reason() -> None:
    words = wording.removal_failed(BORIS, "M_FORBIDDEN")
    assert BORIS in words
    assert "M_FORBIDDEN" in words


VIPS = Group("vips")
SALES = Group("sales", GroupSource.UNIT, "!sales")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (wording.room_called("Sales", "!s"), ['"Sales"', "!s"]),
        (wording.room_called(None, "!s"), ["!s"]),
        (wording.no_such_room("#x:y"), ["#x:y"]),
        (wording.room_closed_to_us("!s", "@livechat:y"), ["!s", "invite @livechat:y"]),
        (wording.not_a_space("!s"), ["!s", "tree of spaces"]),
        (wording.loop_of_spaces("North", "Sales"), ["North holds", "Sales"]),
        (wording.too_many_spaces("North", 12, 500), ["North", "12", "500"]),
        (wording.group_made(VIPS, None, 1), ["'vips' has 1 member."]),
        (wording.group_made(VIPS, None, 0), ["0 members", "lets nobody in"]),
        (
            wording.group_made(SALES, "Sales", 7, ["!x"]),
            ["following Sales", "7", "!x", "!groups refresh sales"],
        ),
        (wording.group_made(SALES, "Sales", 7, list("abcdef")), ["and others"]),
        (wording.group_deleted(VIPS), ["'vips' is deleted"]),
        (wording.group_refreshed(VIPS), ["'vips'"]),
        (wording.group_amiss("sales", "a loop"), ["'sales'", "a loop"]),
        (
            wording.group_room_lost("!s", ["a"], "@livechat:y", 24),
            ["!s", "group 'a'", "24 hours", "@livechat:y"],
        ),
        (wording.group_room_upgraded("sales", "!s", "!n"), ["'sales'", "!n instead of !s", "24 hours"]),
        (
            wording.group_room_upgraded_without_us(["a"], "!s", "!n", "@livechat:y"),
            ["group 'a'", "Invite @livechat:y", "!n"],
        ),
        (wording.group_room_wrongly_upgraded(["a"], "!s", "!n"), ["!s", "!n", "Nothing is changed"]),
        (wording.group_room_ended("!s", ["a", "b"]), ["!s", "each of the groups 'a', 'b'"]),
        (
            wording.group_shown(SALES, ["@a:x"], 3, ["customers of it"]),
            ["unit", "!sales", "Spaces: 3", "customers of it"],
        ),
        (wording.group_shown(VIPS, [f"@u{n}:x" for n in range(40)], 0, []), ["nothing", "and 10 more"]),
        (wording.groups_listed([]), ["no groups yet"]),
        (wording.groups_listed([VIPS, SALES]), ["vips: a list", "sales: a unit", "!sales"]),
        (wording.directory_clash("staff"), ["'staff'"]),
    ],
)
def test_words_name_what_they_are_about(words: str, parts: list[str]) -> None:
    for part in parts:
        assert part in words
