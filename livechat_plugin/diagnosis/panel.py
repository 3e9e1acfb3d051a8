"""Whether the session panel can learn from the homeserver who looks at it."""

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.diagnosis.finding import Finding, doubtful, fine
from livechat_plugin.diagnosis.refusals import as_refusal
from livechat_plugin.matrix.accounts import OPENID_USERINFO
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.settings import Settings

ABOUT = "session panel"


async def look_at_panel(client: AppserviceClient, settings: Settings) -> list[Finding]:
    """Ask whose a token is that the homeserver never gave; nothing where no client shows the panel."""
    if not settings.web.panel_clients:
        return []
    try:
        await client.call(
            "GET", OPENID_USERINFO, query={"access_token": "livechat-check"}, token="", timeout=10
        )
    except (HomeserverRefused, HomeserverUnavailable) as error:
        refusal = as_refusal(error)
        if refusal.errcode != "M_UNKNOWN_TOKEN":
            return [_unanswered(settings.homeserver.url, refusal.message)]
    return [fine(ABOUT, "the homeserver tells us who looks at it")]


def _unanswered(url: str, message: str) -> Finding:
    return doubtful(
        ABOUT,
        f"the homeserver does not tell us who looks at it: {message}",
        f"add openid to the resources of the listener behind {url} (federation holds it, too),"
        " and restart the homeserver",
    )
