"""Who gets a new session: the answers that a routing rule can give."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferToGroup:
    """Every operator of the live chat sees the session's card; whoever takes it first gets it (requirement S15)."""


@dataclass(frozen=True, slots=True)
class AssignTo:
    """One employee of the live chat gets the session at once (requirement S16)."""

    user_id: str


Route = OfferToGroup | AssignTo


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule that administrators can choose for a live chat (requirement S11)."""

    name: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Admit:
    """The session may open."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The session may not open; `words` tell the customer why and what to do instead."""

    words: str


Admission = Admit | Refuse
