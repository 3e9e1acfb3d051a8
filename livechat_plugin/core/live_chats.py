"""A live chat (one support desk), its groups, and who may write to it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from unicodedata import normalize

from livechat_plugin.core.disguises import undisguised
from livechat_plugin.core.errors import InvalidLiveChat

MAX_NAME = 100
MAX_SLUG = 40
DEFAULT_RULE = "first_response"
DEFAULT_SESSION_NAME = "#{number} {client}"


@dataclass(frozen=True, slots=True)
class LiveChat:
    """One support desk with its name, customers, employees and routing rule (requirement S8).

    Attributes:
        slug: short name in Matrix ids and commands: `@livechat_<slug>`, `#livechat_<slug>`.
        customers: who may write to it: Matrix ids, patterns such as `@*:example.org`, group names. Empty
            means that no employee can (S3).
        routing_rule: name of the rule that chooses the operator of a new session (S11).
        routing_settings: the rule's own settings, checked by the hook that offers the rule.
        operators: name of the group whose members work with this live chat's sessions.
        supervisors: name of the group that moderates it (S12), if there is one.
        show_operator_name: whether customers of this homeserver see who speaks to them (S5).
        show_operator_name_to_external: the same for all other customers.
        queue_room: the room with a card for each waiting session; None until the homeserver has it.
        account_app: key of the app that keeps its customers' data (S9), if one is bound.
        message_apps: keys of the apps whose items operators register from a session (S10).
        session_name: template of its sessions' names.
        waiting_alert: minutes after which supervisors are told that a session still waits; 0 tells nobody.
        deleted_at: when it was deleted; its history stays for administrators.
        version: counts the changes of what administrators set, so that two of them do not overwrite each other.
    """

    id: int
    slug: str
    name: str
    operators: str
    customers: tuple[str, ...] = ()
    supervisors: str | None = None
    routing_rule: str = DEFAULT_RULE
    routing_settings: Mapping[str, Any] = field(default_factory=dict)
    show_operator_name: bool = False
    queue_room: str | None = None
    supervisors_room: str | None = None
    space: str | None = None
    account_app: str | None = None
    message_apps: tuple[str, ...] = ()
    show_operator_name_to_external: bool = False
    session_name: str = DEFAULT_SESSION_NAME
    waiting_alert: int = 0
    deleted_at: datetime | None = None
    version: int = 1


def check_name(name: str) -> str:
    """A live chat's name, trimmed.

    Raises:
        InvalidLiveChat: it is empty, longer than 100 characters, or looks like another one.
    """
    name = " ".join(name.split())
    if not name:
        raise InvalidLiveChat("name", "must not be empty")
    if undisguised(name) != name:
        raise InvalidLiveChat(
            "name", "holds a character that nobody sees and that disguises it; leave it out"
        )
    if len(name) > MAX_NAME:
        raise InvalidLiveChat("name", f"has {len(name)} characters; at most {MAX_NAME} are possible")
    return name


def check_slug(slug: str) -> str:
    """A live chat's short name, which becomes part of Matrix ids: a-z, 0-9 and "-", starting with a letter.

    Underscores are refused because they part the pieces of a ghost's id (`@livechat_<slug>_c7`); `op` is kept
    for operators' ghosts.

    Raises:
        InvalidLiveChat: a character is not possible, it is too long, or it is reserved.
    """
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if not slug or not slug[0].isascii() or not slug[0].isalpha() or not set(slug) <= allowed:
        raise InvalidLiveChat("slug", f"{slug!r} must consist of a-z, 0-9 and '-', and start with a letter")
    if len(slug) > MAX_SLUG:
        raise InvalidLiveChat("slug", f"has {len(slug)} characters; at most {MAX_SLUG} are possible")
    if slug == "op":
        raise InvalidLiveChat("slug", "'op' is reserved for operators; choose another word")
    if slug == "new":
        raise InvalidLiveChat("slug", "'new' is where new live chats are made; choose another word")
    return slug


def suggest_slug(name: str) -> str:
    """A short name that goes with a live chat's name; empty if its letters give none."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")
    return slug[:MAX_SLUG].rstrip("-")


def check_principal(principal: str, groups: Collection[str]) -> str:
    """One entry of a live chat's internal customers: a Matrix id, a pattern of ids, or a known group.

    Raises:
        InvalidLiveChat: it is none of these.
    """
    if principal.startswith("@"):
        localpart, colon, server = principal.partition(":")
        if not colon or not server or localpart == "@" or not principal.isprintable():
            raise InvalidLiveChat("customers", f"{principal!r} is not a Matrix id such as @carla:example.org")
        return principal
    if principal not in groups:
        raise InvalidLiveChat("customers", f"there is no group {principal!r}; Matrix ids start with @")
    return principal


def may_write(live_chat: LiveChat, user_id: str, groups: Collection[str]) -> bool:
    """Whether this Matrix user may open sessions in the live chat (requirement S3); nobody in one that was deleted.

    Args:
        live_chat: the live chat written to.
        user_id: the writer.
        groups: names of the groups that the writer belongs to.
    """
    return live_chat.deleted_at is None and any(
        fnmatchcase(user_id, principal) if principal.startswith("@") else principal in groups
        for principal in live_chat.customers
    )
