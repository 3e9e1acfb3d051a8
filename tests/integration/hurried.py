"""The plugin, which looks each second for what the homeserver may not have pushed."""

from datetime import timedelta

from livechat_plugin.cli import app
from livechat_plugin.services import unpushed

if __name__ == "__main__":
    unpushed.LOOK_EVERY, unpushed.GRACE = unpushed.FIRST_LOOK, timedelta(seconds=3)
    app(prog_name="livechat")
