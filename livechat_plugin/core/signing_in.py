"""Links with which people sign in to the console: who gets one, and for how long it is good."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from livechat_plugin.core.errors import Refused

GOOD_FOR = timedelta(minutes=10)
"""How long a link can be used; a newer one of the same person ends it at once."""

REMEMBERED_FOR = timedelta(hours=1)
"""How long after its end it is still known, so that whoever opens it is told what became of it."""

AT_MOST = 5
"""How many links somebody gets within `WITHIN`."""

WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that somebody was sent.

    Attributes:
        digest: of what stands in the link; that itself is kept nowhere.
        expires_at: when it ends; a newer link of the same person brings it forward.
        used_at: when somebody signed in with it.
    """

    digest: str
    user_id: str
    asked_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class NoRole(Refused):
    """The console has nothing for this person; `whom` names who can be asked."""

    def __init__(self, whom: str) -> None:
        super().__init__(
            "The console is for operators, supervisors and administrators, and you are none of them."
            f" If you should be, please ask {whom}."
        )


class KeptFromServing(Refused):
    """An administrator has disabled them, so they see nothing of the live chats."""

    def __init__(self, whom: str) -> None:
        super().__init__(
            f"An administrator has disabled you, so the console is closed to you. Please ask {whom}."
        )


class TooManyLinks(Refused):
    """Somebody asks for links faster than anybody can use them."""

    def __init__(self) -> None:
        super().__init__(
            f"That were {AT_MOST} links within a minute. The last one is good for ten minutes: use it,"
            " or wait a minute and write !console again."
        )


class LinkNotUsable(Refused):
    """A link that signs nobody in; the words tell the way out."""


class LinkUsed(LinkNotUsable):
    """Somebody has signed in with it."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already; each is good for signing in once. If that was not you, tell an administrator."
        )


class LinkTooOld(LinkNotUsable):
    """Its time is over, or a newer one was asked for."""

    def __init__(self) -> None:
        super().__init__(
            "This link is no longer good: each is for ten minutes, and ends when you ask for a newer one."
        )


class LinkUnknown(LinkNotUsable):
    """There is no such link, or there was one long ago."""

    def __init__(self) -> None:
        super().__init__("There is no such link. It may be an old one, or a part of it is missing.")


def require_usable(link: SignInLink | None, now: datetime) -> SignInLink:
    """The link, if it signs somebody in.

    Raises:
        LinkNotUsable: it does not; the words tell why.
    """
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= now:
        raise LinkTooOld
    return link
