"""Whether the homeserver tells us how employees' accounts stand, if we were given a token for that."""

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.diagnosis.finding import Finding, doubtful, fine
from livechat_plugin.diagnosis.refusals import as_refusal
from livechat_plugin.matrix.accounts import ADMIN_API
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.settings import Settings

ABOUT = "admin token"


async def look_at_admin_token(client: AppserviceClient, settings: Settings) -> list[Finding]:
    """Ask about an account of ours, as the plugin does about an employee's; nothing without a token."""
    token = settings.homeserver.admin_token
    if token is None:
        return []
    naming = Naming(settings.homeserver.user_prefix, settings.homeserver.server_name)
    path = path_of("users", naming.bot, api=ADMIN_API)
    try:
        await client.call("GET", path, token=token.get_secret_value(), timeout=10)
    except HomeserverRefused as error:
        if error.errcode == "M_NOT_FOUND":  # The bot is made when the plugin starts for the first time.
            return [_fine()]
        return [_refused(error)]
    except HomeserverUnavailable as error:
        return [_refused(error)]
    return [_fine()]


def _fine() -> Finding:
    return fine(ABOUT, "the homeserver tells us how accounts stand")


def _refused(error: HomeserverRefused | HomeserverUnavailable) -> Finding:
    return doubtful(
        ABOUT,
        f"the homeserver does not tell us how accounts stand: {as_refusal(error).message}",
        "give LIVECHAT_HOMESERVER__ADMIN_TOKEN the access token of a server administrator",
    )
