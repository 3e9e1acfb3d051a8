"""The use cases of groups, connected with each other."""

from livechat_plugin.core.naming import Naming
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services import deliveries
from livechat_plugin.services.attempts import Handler
from livechat_plugin.services.deliveries import groups as owed
from livechat_plugin.services.delivering.group_rooms import GroupRoomDelivery
from livechat_plugin.services.delivering.group_upgrades import GroupUpgradeDelivery
from livechat_plugin.services.directory import Directory
from livechat_plugin.services.group_events import GroupEvents
from livechat_plugin.services.group_look import GroupLook
from livechat_plugin.services.group_making import GroupMaking
from livechat_plugin.services.groups import Groups
from livechat_plugin.services.ports import Clock, Homeserver, Store
from livechat_plugin.services.roles import Roles


class GroupUseCases:
    """Everything about groups that one process has; a part of `UseCases`, and all that the command line needs."""

    def __init__(
        self,
        store: Store,
        homeserver: Homeserver,
        clock: Clock,
        naming: Naming,
        roles: Roles,
        hooks: Hooks,
        directory_interval: float,
    ) -> None:
        looking = GroupLook(homeserver, naming)
        self.groups = Groups(roles, clock)
        self.making = GroupMaking(store, self.groups, looking)
        self.rooms = GroupRoomDelivery(store, homeserver, looking, clock)
        self.upgrades = GroupUpgradeDelivery(store, homeserver, looking, clock)
        self.directory = Directory(store, hooks, directory_interval)
        self.events = GroupEvents(self.rooms, clock)

    def handlers(self) -> dict[type[deliveries.Payload], Handler]:
        """How each kind of delivery is made."""
        return {
            owed.MakeGroup: self.making.deliver,
            owed.FollowGroup: self.rooms.follow,
            owed.ReadGroupRoom: self.rooms.read_room,
            owed.ReadGroupMember: self.rooms.read_member,
            owed.JoinGroupRoom: self.rooms.join,
            owed.LeaveGroupRoom: self.rooms.leave,
            owed.LoseGroupRoom: self.rooms.lose,
            owed.EndGroupRoom: self.rooms.end,
            owed.FollowSuccessor: self.upgrades.follow,
            owed.RefreshDirectory: self.directory.deliver,
            owed.CatchUpGroups: self.rooms.catch_up,
        }
