"""Live chat for Matrix homeservers: customers write, operators answer from the client they already use.

What stands here is the public API for hooks: the base class, the mark, and the core types they are given.
"""

from livechat_plugin.core.apps import (
    AccountFieldMissing,
    App,
    AppNotFound,
    AppUnavailable,
    Field,
    FieldType,
    InvalidItem,
    Item,
    ItemNotFound,
    StaleItem,
)
from livechat_plugin.core.content import Content, Location, Media, Text, preview
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.groups import DirectoryGroup
from livechat_plugin.core.hook_tasks import HookTask
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import Admission, Admit, AssignTo, OfferToGroup, Refuse, Route, RoutingRule
from livechat_plugin.core.sessions import Priority, Session, SessionState
from livechat_plugin.hookspecs import hookimpl
from livechat_plugin.house import House, HouseItems
from livechat_plugin.plugins import Hook, HookSettings

__all__ = [
    "Account",
    "AccountFieldMissing",
    "Admission",
    "Admit",
    "App",
    "AppNotFound",
    "AppUnavailable",
    "AssignTo",
    "Content",
    "DirectoryGroup",
    "Field",
    "FieldType",
    "Hook",
    "HookSettings",
    "HookTask",
    "House",
    "HouseItems",
    "InvalidItem",
    "Item",
    "ItemNotFound",
    "LiveChat",
    "Location",
    "Media",
    "OfferToGroup",
    "Priority",
    "Refuse",
    "Route",
    "RoutingRule",
    "Session",
    "SessionState",
    "StaleItem",
    "Text",
    "hookimpl",
    "preview",
]
