"""The round trip: the homeserver is asked to reach the plugin, and says how that went.

Specification: Application Service API, "Pinging".
"""

import re

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.diagnosis.finding import Finding, fine, wrong
from livechat_plugin.diagnosis.refusals import Refusal, as_refusal
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.settings import Settings, WebSettings

PING_TIMEOUT = 70.0
"""Seconds: the homeserver itself waits a minute for the plugin."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (where to look for it, not where to listen)
_TOKEN_REFUSED = re.compile(r"HTTP 40[13]\b")
_ABOUT = "ping"


async def look_at_ping(
    client: AppserviceClient, settings: Settings, registration: AppserviceRegistration
) -> Finding:
    """Ask the homeserver to ping the plugin, and say what its answer means."""
    path = path_of("appservice", registration.id, "ping", api="/_matrix/client/v1")
    try:
        answer = await client.call("POST", path, body={"transaction_id": "check"}, timeout=PING_TIMEOUT)
    except (HomeserverRefused, HomeserverUnavailable) as error:
        return await explain(as_refusal(error), settings)
    return fine(_ABOUT, f"the homeserver reaches the plugin, in {answer.get('duration_ms', '?')} ms")


async def explain(refusal: Refusal, settings: Settings) -> Finding:
    """What the homeserver's refusal of a ping means, and what to do about it."""
    address = settings.web.address
    match refusal.errcode:
        case "M_CONNECTION_FAILED" | "M_CONNECTION_TIMEOUT":
            return await _not_reached(refusal, settings.web)
        case "M_BAD_STATUS" if _TOKEN_REFUSED.match(refusal.message):
            return wrong(
                _ABOUT,
                f"at {address} the homeserver's token is refused ({refusal.message}): homeserver and plugin"
                " have read different versions of the registration",
                "restart both",
            )
        case "M_BAD_STATUS":
            way_out = "see that web.address names the plugin, and what a proxy in between does"
            return wrong(_ABOUT, f"something else answers at {address}: {refusal.message}", way_out)
        case "M_URL_NOT_SET" | "M_FORBIDDEN":
            return wrong(
                _ABOUT,
                f"the homeserver has read another version of the registration: {refusal.message}",
                "restart the homeserver",
            )
        case "M_UNRECOGNIZED":
            way_out = "bring the homeserver up to date (Synapse 1.81 or newer)"
            return wrong(_ABOUT, "the homeserver is too old to try the way back", way_out)
        case _:
            return wrong(_ABOUT, f"it failed: {refusal.message}", "the homeserver's log tells more")


async def _not_reached(refusal: Refusal, web: WebSettings) -> Finding:
    """The homeserver found nobody: see whether the plugin runs at all, from here."""
    host = _EVERYWHERE.get(web.listen_host, web.listen_host)
    here = f"http://[{host}]:{web.listen_port}" if ":" in host else f"http://{host}:{web.listen_port}"
    if not await _answers(here):
        return wrong(
            _ABOUT,
            f"the plugin is not running: nothing answers at {here}, nor for the homeserver at {web.address}",
            "start it with `livechat serve`",
        )
    return wrong(
        _ABOUT,
        f"the plugin runs here, at {here}, but the homeserver does not reach it at {web.address}"
        f" ({refusal.message})",
        "mend web.address or the way there (firewall, proxy, container network), then run `livechat install`"
        " again and restart the homeserver",
    )


async def _answers(url: str) -> bool:
    # Without a token: whatever listens there need not be the plugin.
    client = AppserviceClient(url, "")
    await client.start()
    try:
        return (await client.call("GET", "/health", timeout=5)).get("status") == "ok"
    except (HomeserverRefused, HomeserverUnavailable):
        return False
    finally:
        await client.close()
