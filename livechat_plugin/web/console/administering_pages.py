"""The pages of the workspace and of the administration, gathered for the console."""

from collections.abc import Sequence

from fastapi import APIRouter

from livechat_plugin.web.console import apps, live_chats, people

ROUTERS: Sequence[APIRouter] = (
    live_chats.router,
    apps.router,
    people.router,
)
"""A line each."""
