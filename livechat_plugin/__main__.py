"""`python -m livechat_plugin` is the command `livechat`."""

from livechat_plugin.cli import app

app()
