"""The bot's name, which people see in their lists of rooms."""

from livechat_plugin.core import wording
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.ports import Homeserver, Profile


async def introduce_bot(homeserver: Homeserver, naming: Naming) -> None:
    """Give the bot a name before it comes in anywhere, unless somebody has given it one.

    Homeservers name accounts after their ids, so that is no name.
    """
    await homeserver.ensure_ghost(naming.bot)
    name = (await homeserver.profile(naming.bot)).display_name
    if name is None or naming.bot.startswith(f"@{name}:"):
        await homeserver.set_profile(naming.bot, Profile(wording.BOT_NAME))
