"""What the pages of administrators and supervisors call."""

from dataclasses import dataclass

from livechat_plugin.services.apps import Apps
from livechat_plugin.services.attendance import Attendance
from livechat_plugin.services.audit import AuditLog
from livechat_plugin.services.group_making import GroupMaking
from livechat_plugin.services.groups import Groups
from livechat_plugin.services.installation import Installation
from livechat_plugin.services.live_chats import Administration, Choosing
from livechat_plugin.services.operator_control import OperatorControl
from livechat_plugin.services.people_search import PeopleSearch
from livechat_plugin.services.supervised_settings import SupervisedSettings
from livechat_plugin.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AdministeringDesk:
    """The use cases behind the workspace and the administration pages."""

    workspace: Workspace
    administration: Administration
    choosing: Choosing
    supervised_settings: SupervisedSettings
    apps: Apps
    groups: Groups
    group_making: GroupMaking
    attendance: Attendance
    operator_control: OperatorControl
    audit: AuditLog
    people_search: PeopleSearch
    installation: Installation
