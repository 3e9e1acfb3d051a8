"""The plugin, which waits seconds where it waits minutes for what the homeserver may not have pushed."""

from datetime import timedelta

from livechat_plugin.cli import app
from livechat_plugin.services import reconciliation, unpushed

if __name__ == "__main__":
    reconciliation.HOLD = 0.5
    unpushed.LOOK_EVERY, unpushed.GRACE = timedelta(seconds=1), timedelta(seconds=3)
    app(prog_name="livechat")
