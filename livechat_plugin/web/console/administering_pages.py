"""The pages of the workspace and of the administration, gathered for the console."""

from collections.abc import Sequence

from fastapi import APIRouter

from livechat_plugin.web.console import (
    apps,
    attendance,
    audit,
    groups,
    installation,
    live_chats,
    operators,
    people,
)

ROUTERS: Sequence[APIRouter] = (
    live_chats.router,
    apps.router,
    people.router,
    groups.router,
    operators.router,
    attendance.router,
    installation.router,
    audit.router,
)
"""A line each."""
