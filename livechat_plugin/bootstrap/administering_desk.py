"""What the pages of administrators and supervisors call, on the use cases of the process."""

from collections.abc import Mapping, Sequence

from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.services.configuration_news import InUse
from livechat_plugin.services.installation import HookView, Installation
from livechat_plugin.services.live_chats import Choosing
from livechat_plugin.services.people_search import PeopleSearch
from livechat_plugin.services.workspace import Workspace
from livechat_plugin.web.console.administering_desk import AdministeringDesk


def administering_desk(use_cases: UseCases, installation: Installation | None) -> AdministeringDesk:
    """Everything behind the workspace and the administration pages."""
    services = use_cases.commands.services
    installation = installation or UnwatchedInstallation(use_cases)
    return AdministeringDesk(
        workspace=Workspace(use_cases.roles, use_cases.ports.naming),
        administration=use_cases.administration,
        choosing=Choosing(use_cases.app_catalogue, use_cases.routing_rules),
        supervised_settings=services.supervised_settings,
        apps=use_cases.apps,
        groups=use_cases.group_side.groups,
        group_making=use_cases.group_side.making,
        attendance=services.attendance,
        operator_control=services.operator_control,
        audit=services.audit,
        installation=installation,
        people_search=PeopleSearch(use_cases.roles, use_cases.ports.naming),
    )


class UnwatchedInstallation:
    """What use cases alone know of the installation, where no configuration file is followed."""

    def __init__(self, use_cases: UseCases) -> None:
        self._use_cases = use_cases

    async def missing(self) -> Mapping[str, str]:
        """Nobody has looked."""
        return {}

    def configuration(self) -> InUse:
        """Only whether the plugin is on."""
        return InUse(self._use_cases.gate.is_on)

    def hooks(self) -> Sequence[HookView]:
        """Only their names."""
        return [HookView(name, is_on=True, source="") for name in self._use_cases.ports.hooks.names()]
