"""A Synapse module that lets people find live chats by name in their client's search for people (requirement S1).

Synapse leaves all users of application services out of its user directory. This adds the live chats' own ghosts to
what a search finds, and nobody else: neither the ghosts that are customers nor those that are operators.

It stands in `homeserver.yaml`:

    modules:
      - module: livechat_plugin.synapse.user_directory.LiveChatDirectory
        config:
          prefix: livechat

What goes wrong here leaves the search as it was.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger(__name__)

REMEMBERED_FOR = 60.0
"""Seconds for which the live chats are remembered: how long a new one takes to be found."""

# The ghosts whose name has no second underscore are the live chats'.
_LIVE_CHATS = """
SELECT user_id, displayname, avatar_url FROM profiles
WHERE user_id LIKE ? ESCAPE '!' AND user_id NOT LIKE ? ESCAPE '!'
AND displayname IS NOT NULL AND displayname <> ''
"""


class LiveChatDirectory:
    """The module, as Synapse makes it.

    Args:
        config: what `parse_config` returned: the prefix of the plugin's users.
        api: Synapse's ModuleApi.
    """

    def __init__(self, config: str, api: Any) -> None:
        self._prefix = config
        self._api = api
        self._live_chats: list[dict[str, str | None]] = []
        self._read_at = float("-inf")
        # The one place that Synapse does not promise to keep: without it, the search stays as it is.
        try:
            handler = api._hs.get_user_directory_handler()  # noqa: SLF001 - there is no callback for it
            self._search = handler.search_users
            handler.search_users = self.search_users
        except AttributeError as error:
            logger.warning("live chats cannot be added to the user directory of this Synapse: %s", error)

    @staticmethod
    def parse_config(config: Mapping[str, Any]) -> str:
        """The prefix of the plugin's users, `livechat` unless configured otherwise."""
        prefix = config.get("prefix", "livechat")
        if not isinstance(prefix, str) or not prefix:
            raise ValueError("prefix must be a word, as in the plugin's registration file")
        return prefix

    async def search_users(self, user_id: str, search_term: str, limit: int, **others: Any) -> Any:
        """In place of Synapse's own: what that finds, after the live chats that fit."""
        found = await self._search(user_id, search_term, limit, **others)
        try:
            return self._joined(found, await self._known(), search_term, limit)
        except Exception:
            logger.exception("live chats cannot be added to what was found")
            return found

    async def _known(self) -> list[dict[str, str | None]]:
        if time.monotonic() - self._read_at > REMEMBERED_FOR:
            self._live_chats = await self._api.run_db_interaction("livechat_directory", self._read)
            self._read_at = time.monotonic()
        return self._live_chats

    def _read(self, txn: Any) -> list[dict[str, str | None]]:
        start = self._prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        txn.execute(_LIVE_CHATS, (f"{start}!_%", f"{start}!_%!_%"))
        return [
            {
                "user_id": f"@{localpart}:{self._api.server_name}",
                "display_name": name,
                "avatar_url": avatar,
            }
            for localpart, name, avatar in txn.fetchall()
        ]

    def _joined(
        self, found: Any, known: list[dict[str, str | None]], search_term: str, limit: int
    ) -> dict[str, Any]:
        there = {user["user_id"] for user in found["results"]}
        fitting = [chat for chat in known if _fits(chat, search_term) and chat["user_id"] not in there]
        results = [*fitting, *found["results"]]
        return {**found, "results": results[:limit], "limited": found["limited"] or len(results) > limit}


def _fits(chat: Mapping[str, str | None], search_term: str) -> bool:
    """Whether each word that was typed begins a word of the live chat's name or id."""
    typed = search_term.casefold().replace("@", " ").replace(":", " ").split()
    words = f"{chat['display_name']} {chat['user_id']}".casefold()
    for mark in "@:_-":
        words = words.replace(mark, " ")
    names = [*words.split(), (chat["user_id"] or "")[1:].casefold()]
    return bool(typed) and all(any(name.startswith(word) for name in names) for word in typed)
