"""What we owe those who store apps and items: questions to the hooks, and what follows from their answers."""

from dataclasses import dataclass
from typing import Literal

APPS_LANE = "apps"
"""What concerns the apps that hooks offer."""


@dataclass(frozen=True, slots=True)
class RefreshApps:
    """Ask the hooks which apps they offer: one was made, changed or deleted, maybe by another process.

    Who changes apps owes it, in the lane `APPS_LANE`.
    """

    kind: Literal["refresh_apps"] = "refresh_apps"
