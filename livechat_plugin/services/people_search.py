"""Finding people and groups by a part of their names, for forms in which administrators name them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livechat_plugin.core.groups import GroupSource
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

MOST = 12

_KINDS = {
    GroupSource.LIST: "group",
    GroupSource.ROOM: "group, members of a room",
    GroupSource.UNIT: "organizational unit",
    GroupSource.DIRECTORY: "group of the directory",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who can be named; `kind` tells people what it is."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class PeopleSearch:
    """Knows the groups, and whoever works in a live chat."""

    roles: Roles
    naming: Naming

    async def find(
        self, work: UnitOfWork, actor: str, query: str, *, with_everybody: bool = False
    ) -> Sequence[Suggestion]:
        """Groups and employees with these words in their names, those that begin with them first.

        Args:
            work: the unit of work.
            actor: who asks.
            query: what they wrote so far; nothing finds the first ones.
            with_everybody: whether all users of the homeserver at once are among the answers.

        Raises:
            NotAnAdministrator: the actor is none.
        """
        await self.roles.require_administrator(work, actor)
        groups = [Suggestion(group.name, _KINDS[group.source]) for group in await work.groups.all()]
        people: set[str] = set()
        for live_chat in await work.live_chats.all():
            for name in filter(None, (live_chat.operators, live_chat.supervisors)):
                people |= await work.groups.members(name)
        employees = [Suggestion(user_id, "employee") for user_id in sorted(people)]
        everybody = Suggestion(f"@*:{self.naming.server_name}", "everybody of this homeserver")
        found = _matching([*([everybody] if with_everybody else []), *groups, *employees], query)
        return found[:MOST]


def _matching(all_: Iterable[Suggestion], query: str) -> list[Suggestion]:
    wanted = query.strip().casefold().removeprefix("@")
    found = [one for one in all_ if wanted in f"{one.name} {one.kind}".casefold()]
    return sorted(found, key=lambda one: not one.name.casefold().removeprefix("@").startswith(wanted))
