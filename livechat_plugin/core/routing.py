"""Who gets a new session: the answers that a routing rule can give."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferToGroup:
    """Everybody in the group sees the session's card; whoever takes it first gets it (requirement S15).

    Attributes:
        group: name of the group; None stands for the live chat's own operators.
        reason: why, when the rule would have chosen otherwise; kept with the session.
    """

    group: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AssignTo:
    """One employee gets the session at once (requirement S16)."""

    user_id: str
    reason: str | None = None


Route = OfferToGroup | AssignTo


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule that administrators can choose for a live chat (requirement S11)."""

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
