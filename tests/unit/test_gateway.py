"""What the gateway makes of answers that are odd, and of refusals that are none."""

from collections.abc import Mapping
from typing import Any

import pytest

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.services.ports import Profile, RoomPlan

GHOST = "@livechat_support:example.org"
NAMING = Naming("livechat", "example.org")
DUPLICATE = HomeserverRefused("M_DUPLICATE_ANNOTATION", "Can't send same reaction twice", 400)


class Answering(AppserviceClient):
    """Answers as told, and remembers what was asked."""

    def __init__(self, *answers: dict[str, Any] | HomeserverRefused) -> None:
        super().__init__("http://unused", "token")
        self.answers = list(answers)
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        self.asked.append((path, query or {}))
        answer = self.answers.pop(0)
        if isinstance(answer, HomeserverRefused):
            raise answer
        return answer


ROOM = RoomPlan("livechat_support_r7", GHOST, "Customer Support")


@pytest.mark.parametrize(
    "refusal",
    [
        HomeserverRefused("M_ROOM_IN_USE", "Room alias already taken", 400),
        # What Synapse says when the earlier attempt, cut off by a broken connection, is still under way in it.
        HomeserverRefused("M_UNKNOWN", "Room alias #livechat_support_r7:example.org already exists", 409),
    ],
    ids=["made", "being made"],
)
async def test_a_room_that_an_earlier_attempt_made_is_found_by_its_alias(refusal: HomeserverRefused) -> None:
    client = Answering(refusal, {"room_id": "!first"}, {"name": "Customer Support"})
    assert await MatrixHomeserver(client, NAMING).create_room(ROOM) == "!first"


async def test_a_room_that_is_refused_for_another_reason_is_refused() -> None:
    client = Answering(HomeserverRefused("M_FORBIDDEN", "You may not make rooms", 403))
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await MatrixHomeserver(client, NAMING).create_room(ROOM)


def reaction(event_id: str, sender: str = GHOST, key: str = "👍") -> dict[str, Any]:
    return {"event_id": event_id, "sender": sender, "content": {"m.relates_to": {"key": key}}}


@pytest.mark.parametrize(
    ("answer", "profile"),
    [
        ({"displayname": "Carla", "avatar_url": "mxc://e/1"}, Profile("Carla", "mxc://e/1")),
        ({"displayname": 7, "avatar_url": 7}, Profile()),
        ({"displayname": ["Carla"], "avatar_url": {"url": "mxc://e/1"}}, Profile()),
        ({"displayname": None, "avatar_url": None}, Profile()),
        ({"displayname": "", "avatar_url": ""}, Profile()),
        ({"displayname": "Car\0la", "avatar_url": "mxc://e/\0"}, Profile("Carla")),
        ({"displayname": "\0"}, Profile()),
        ({"displayname": "x" * 1000, "avatar_url": "https://tracker.example/1"}, Profile("x" * 256)),
        ({}, Profile()),
    ],
)
async def test_of_a_profile_only_a_name_and_a_picture_are_taken(
    answer: dict[str, Any], profile: Profile
) -> None:
    client = Answering(answer)
    assert await MatrixHomeserver(client, Naming("livechat", "example.org")).profile("@x:e") == profile


async def test_a_reaction_that_is_there_already_is_found_among_many() -> None:
    others = [
        reaction("$1", "@carla:example.org"),
        reaction("$2", key="🎉"),
        {"event_id": "$3", "sender": "@x"},
    ]
    client = Answering(DUPLICATE, {"chunk": others, "next_batch": "next"}, {"chunk": [reaction("$4")]})
    homeserver = MatrixHomeserver(client, Naming("livechat", "example.org"))
    assert await homeserver.react("!r", GHOST, "$0", "👍", "token") == "$4"
    path, query = client.asked[-1]
    assert path == "/_matrix/client/v1/rooms/%21r/relations/%240/m.annotation/m.reaction"
    assert query == {"limit": "100", "from": "next"}


@pytest.mark.parametrize("pages", [1, 10])
async def test_a_reaction_that_is_there_and_cannot_be_found_is_refused(pages: int) -> None:
    chunk = [reaction("$1", "@carla:example.org")]
    more = [{"chunk": chunk, "next_batch": "next"}] * (pages - 1)
    last = {"chunk": chunk} if pages == 1 else {"chunk": chunk, "next_batch": "endless"}
    homeserver = MatrixHomeserver(Answering(DUPLICATE, *more, last), Naming("livechat", "example.org"))
    with pytest.raises(HomeserverRefused):
        await homeserver.react("!r", GHOST, "$0", "👍", "token")


async def test_a_reaction_that_is_forbidden_is_refused() -> None:
    client = Answering(HomeserverRefused("M_FORBIDDEN", "no", 403))
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await MatrixHomeserver(client, Naming("livechat", "example.org")).react("!r", GHOST, "$0", "👍", "t")
    assert len(client.asked) == 1
