"""The file that tells programs where everything is, once everything answers: `livechat demo --ready-file`."""

import json
from pathlib import Path

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.plugin_process import PluginProcess
from livechat_plugin.demo.world import INHABITANTS, World


def write_ready_file(path: Path, world: World, homeserver: Homeserver, plugin: PluginProcess) -> None:
    """Write the file whole, also over an earlier one: process ids change when a process was started again.

    Args:
        path: where to.
        world: what there is.
        homeserver: running.
        plugin: running.
    """
    content = {
        "homeserver": world.homeserver_url,
        "server_name": world.server_name,
        "web": plugin.url,
        "config": str(plugin.config_path),
        "pids": {"homeserver": homeserver.pid, "plugin": plugin.pid},
        "live_chats": [
            {
                "slug": chat.slug,
                "name": chat.name,
                "user_id": world.ghosts[chat.slug],
                "queue_room": chat.queue_room,
            }
            for chat in world.live_chats
        ],
        "users": [
            {"user_id": world.user_id(who.name), "password": who.password, "roles": [who.role]}
            for who in INHABITANTS
        ],
    }
    replace_file(path, json.dumps(content, indent=2) + "\n", new_mode=0o644)
