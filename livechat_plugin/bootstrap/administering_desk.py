"""What the pages of administrators and supervisors call, on the use cases of the process."""

from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.services.live_chats import Choosing
from livechat_plugin.services.people_search import PeopleSearch
from livechat_plugin.services.workspace import Workspace
from livechat_plugin.web.console.administering_desk import AdministeringDesk


def administering_desk(use_cases: UseCases) -> AdministeringDesk:
    """Everything behind the workspace and the administration pages."""
    services = use_cases.commands.services
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
        people_search=PeopleSearch(use_cases.roles, use_cases.ports.naming),
    )
