"""What people are told when something is switched, and the mistakes of a configuration."""

from livechat_plugin import LiveChat
from livechat_plugin.core import wording


def test_a_customer_learns_which_live_chat_is_closed_and_that_nothing_is_lost() -> None:
    chat = LiveChat(1, "support", "Customer Support", "operators")
    told = wording.switched_off_for_customer(chat)
    assert told.startswith("Customer Support is closed at the moment.")
    assert "is kept" in told


def test_administrators_learn_what_is_wrong_and_that_it_goes_on() -> None:
    told = wording.configuration_refused("plugin.toml: web.lisen_port: unknown key")
    assert "goes on with the last good one" in told
    assert told.endswith("\nplugin.toml: web.lisen_port: unknown key")


def test_what_needs_a_restart_is_named() -> None:
    told = wording.restart_needed(["web.listen_port", "database.url"])
    assert told.endswith("web.listen_port, database.url.")
