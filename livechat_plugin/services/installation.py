"""What administrators see of the installation itself: its configuration, its hooks, what it cannot reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from livechat_plugin.services.configuration_news import InUse


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting of a hook.

    Attributes:
        value: in words; a secret is never among them.
    """

    key: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class HookView:
    """One hook, on or off.

    Attributes:
        families: what it takes part in, such as "routing".
        description: what its author says of it.
        source: where it comes from, without paths of the machine.
        left_out: its methods that are not asked any more because they kept failing.
        failing: how often each other method failed in a row.
    """

    name: str
    is_on: bool
    source: str
    families: Sequence[str] = ()
    description: str = ""
    settings: Sequence[SettingView] = ()
    left_out: Sequence[str] = ()
    failing: Mapping[str, int] = field(default_factory=dict)


class Installation(Protocol):
    """Tells how the installation stands."""

    async def missing(self) -> Mapping[str, str]:
        """What is missing to work, by part, in words for everybody; empty when everything is there."""
        ...

    def configuration(self) -> InUse:
        """What the configuration in use says."""
        ...

    def hooks(self) -> Sequence[HookView]:
        """Every hook that is found, by name."""
        ...
