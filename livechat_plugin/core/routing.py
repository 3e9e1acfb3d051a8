"""Who gets a new session: the answers that a routing rule can give."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferToGroup:
    """Every operator of the live chat sees the session's card; whoever takes it first gets it (requirement S15).

    Attributes:
        reason: why, in words for the session's record; None where nothing needs explaining.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AssignTo:
    """One employee of the live chat gets the session at once (requirement S16).

    If they are absent or locked, or not of the live chat, it is offered to its operators instead, and the
    session's record says why.

    Attributes:
        user_id: the employee's Matrix id.
        reason: why they, in words for the session's record.
    """

    user_id: str
    reason: str | None = None


Route = OfferToGroup | AssignTo


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule that administrators can choose for a live chat (requirement S11).

    Attributes:
        needs_account_app: whether it is offered only to live chats with a bound account app (S16).
    """

    name: str
    label: str
    description: str
    needs_account_app: bool = False


@dataclass(frozen=True, slots=True)
class Admit:
    """The session may open."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The session may not open; `words` tell the customer why and what to do instead."""

    words: str


Admission = Admit | Refuse
