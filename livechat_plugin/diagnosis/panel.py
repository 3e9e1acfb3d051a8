"""Whether the session panel can learn from the homeserver who looks at it, and clients can show it."""

from urllib.parse import urlsplit

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.diagnosis.finding import Finding, doubtful, fine
from livechat_plugin.diagnosis.refusals import as_refusal
from livechat_plugin.matrix.accounts import OPENID_USERINFO
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.settings import Settings

ABOUT = "session panel"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""Browsers show pages from here within pages that came by https."""


async def look_at_panel(client: AppserviceClient, settings: Settings) -> list[Finding]:
    """Ask whose a token is that the homeserver never gave; nothing where no client shows the panel."""
    web = settings.web
    if not web.panel_clients:
        return []
    findings = []
    address = urlsplit(web.public_address)
    is_insecure = address.scheme == "http" and address.hostname not in LOOPBACK
    if is_insecure and any(shown.startswith("https:") for shown in web.panel_clients):
        findings.append(
            doubtful(
                ABOUT,
                f"browsers show no page from {web.public_address} within a client that comes by https",
                "let web.public_address begin with https://, by a reverse proxy with a certificate",
            )
        )
    try:
        await client.call(
            "GET", OPENID_USERINFO, query={"access_token": "livechat-check"}, token="", timeout=10
        )
    except (HomeserverRefused, HomeserverUnavailable) as error:
        refusal = as_refusal(error)
        if refusal.errcode != "M_UNKNOWN_TOKEN":
            return [*findings, _unanswered(settings.homeserver.url, refusal.message)]
    return [*findings, fine(ABOUT, "the homeserver tells us who looks at it")]


def _unanswered(url: str, message: str) -> Finding:
    return doubtful(
        ABOUT,
        f"the homeserver does not tell us who looks at it: {message}",
        f"add openid to the resources of the listener behind {url} (federation holds it, too),"
        " and restart the homeserver",
    )
