"""How people are named in what we say."""

from collections.abc import Sequence


def whom_to_ask(administrators: Sequence[str]) -> str:
    """The administrators, Matrix ids and groups, for somebody who needs one of them."""
    named = [
        principal if principal.startswith("@") else f"somebody of the group {principal}"
        for principal in administrators
    ]
    return " or ".join(named) or "whoever runs this homeserver"
