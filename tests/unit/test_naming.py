"""The names on the homeserver that are ours, and those that only look like it."""

import pytest

from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.registration import AppserviceRegistration


def test_names_are_told_apart(naming: Naming) -> None:
    assert naming.bot == "@livechat:example.org"
    assert naming.live_chat("it") == "@livechat_it:example.org"
    assert naming.customer("it", 7) == "@livechat_it_c7:example.org"
    assert naming.operator(7) == "@livechat_op_7:example.org"
    assert naming.queue_alias("it") == "livechat_it"
    assert naming.supervisors_alias("it") == "livechat_it_supervisors"
    assert naming.space_alias("it") == "livechat_it_space"
    assert naming.session_alias("it", 7) == "livechat_it_r7"


@pytest.mark.parametrize(
    ("user_id", "slug"),
    [
        ("@livechat_it:example.org", "it"),
        ("@livechat_a-b:example.org", "a-b"),
        ("@livechat:example.org", None),
        ("@livechat_:example.org", None),
        ("@livechat_it_c7:example.org", None),
        ("@livechat__watcher:example.org", None),
        ("@livechat_it:elsewhere.org", None),
        ("@carla:example.org", None),
        ("@livechatit:example.org", None),
    ],
)
def test_the_slug_of_a_live_chats_ghost(naming: Naming, user_id: str, slug: str | None) -> None:
    assert naming.slug_of(user_id) == slug


def test_every_user_of_ours_is_ours_and_in_the_registration(naming: Naming) -> None:
    registration = AppserviceRegistration.create(url="http://x", server_name="example.org", prefix="livechat")
    for user_id in (
        naming.bot,
        naming.watcher,
        naming.live_chat("it"),
        naming.customer("it", 7),
        naming.operator(7),
    ):
        assert naming.is_ours(user_id)
        assert naming.is_local(user_id)
        assert registration.owns(user_id)


@pytest.mark.parametrize(
    "user_id",
    [
        "@carla:example.org",
        "@livechat:elsewhere.org",
        "@livechat_it:elsewhere.org",
        "@livechatter:example.org",
        "",
        "@",
    ],
)
def test_others_are_not(naming: Naming, user_id: str) -> None:
    assert not naming.is_ours(user_id)


def test_local_is_who_has_our_server_name(naming: Naming) -> None:
    assert naming.is_local("@carla:example.org")
    assert not naming.is_local("@carla:example.org:8448")
    assert not naming.is_local("@carla:elsewhere.org")
    assert Naming("livechat", "example.org:8448").is_local("@carla:example.org:8448")


def test_an_operators_ghost_is_neither_a_live_chat_nor_a_customer(naming: Naming) -> None:
    ghost = naming.operator(7)
    assert naming.is_operator(ghost)
    assert naming.slug_of(ghost) is None
    for other in (
        naming.bot,
        naming.live_chat("op-art"),
        naming.customer("it", 7),
        "@livechat_op_7:elsewhere.org",
    ):
        assert not naming.is_operator(other)
