"""Why a session went to whom it went when it opened: in its record, and on its card."""

from livechat_plugin.core.routing import AssignTo, OfferToGroup, Route

LONGEST = 300
"""Characters of a hook's reason that are kept."""


def routed(route: Route) -> str | None:
    """What a session's record says of the route that it took; None where nothing needs explaining."""
    match route:
        case AssignTo(user_id, reason):
            return f"Given to {_named(user_id, reason)}."
        case OfferToGroup(str(reason)) if reason.strip():
            return f"{_short(reason.strip().rstrip('.;'))}; offered to the operators."
        case _:
            return None


def not_given(route: AssignTo, obstacle: str) -> str:
    """The reason to offer a session to the operators, when the employee whom a rule named cannot get it.

    Args:
        route: what the rule answered.
        obstacle: why they cannot, in words that follow their name.
    """
    return f"{_named(route.user_id, route.reason)} {obstacle}"


def no_answer(rule: str) -> str:
    """The reason to offer a session to the operators, when no hook carries out the live chat's rule."""
    return f"No hook that is switched on answers for the routing rule {rule!r}"


NOT_OF_THE_LIVE_CHAT = "is neither an operator nor a supervisor here"
IS_THE_CUSTOMER = "is the customer"
"""Obstacles, in words that follow the employee's name."""


def _named(user_id: str, reason: str | None) -> str:
    return f"{user_id} ({_short(reason)})" if reason and reason.strip() else user_id


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
