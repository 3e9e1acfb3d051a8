"""Creating live chats: one validation for every interface (requirement S8)."""

from collections.abc import Collection
from dataclasses import dataclass, field

from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat, check_name, check_principal, check_slug
from livechat_plugin.services.deliveries import ProvisionLiveChat, live_chat_lane
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NewLiveChat:
    """What an administrator says of a new live chat; people are Matrix ids."""

    slug: str
    name: str
    operators: tuple[str, ...]
    supervisors: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    rule: str = field(default="first_response")


async def create_live_chat(work: UnitOfWork, new: NewLiveChat, rules: Collection[str]) -> LiveChat:
    """Keep a new live chat with its groups, and owe the homeserver its ghost and rooms.

    Args:
        work: the unit of work; committing it is left to the caller.
        new: the live chat.
        rules: names of the routing rules that the hooks offer.

    Raises:
        InvalidLiveChat: a field is refused; nothing is kept.
    """
    slug, name = check_slug(new.slug), check_name(new.name)
    if not new.operators:
        raise InvalidLiveChat("operators", "a live chat needs at least one operator")
    if new.rule not in rules:
        raise InvalidLiveChat(
            "rule", f"there is no routing rule {new.rule!r}; there are: {', '.join(sorted(rules))}"
        )
    for person in (*new.operators, *new.supervisors):
        if not person.startswith("@") or ":" not in person or "*" in person:
            raise InvalidLiveChat("operators", f"{person!r} is not a Matrix id such as @anna:example.org")
    groups = await work.groups.names()
    customers = tuple(check_principal(principal, groups) for principal in new.customers)
    operators, supervisors = f"{slug}-operators", f"{slug}-supervisors"
    await work.groups.set_members(operators, new.operators)
    await work.groups.set_members(supervisors, new.supervisors)
    live_chat = await work.live_chats.add(
        LiveChat(
            id=0,
            slug=slug,
            name=name,
            operators=operators,
            supervisors=supervisors,
            customers=customers,
            routing_rule=new.rule,
        )
    )
    await work.outbox.add(live_chat_lane(live_chat.id), ProvisionLiveChat(live_chat.id))
    return live_chat
