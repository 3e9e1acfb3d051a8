"""What the homeserver says: whether it is there, knows us, lets us act, and reaches us."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.diagnosis.admin_token import look_at_admin_token
from livechat_plugin.diagnosis.finding import Finding, fine, wrong
from livechat_plugin.diagnosis.panel import look_at_panel
from livechat_plugin.diagnosis.ping import look_at_ping
from livechat_plugin.diagnosis.refusals import Refusal, as_refusal
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.settings import Settings

TIMEOUT = 10.0
_NOT_MADE_YET = re.compile("has not registered this user")


async def look_at_homeserver(
    settings: Settings, registration: AppserviceRegistration, live_chats: Sequence[LiveChat]
) -> AsyncIterator[Finding]:
    """Ask the homeserver itself, with the plugin's token; ends at the first thing that is wrong.

    Args:
        settings: the configuration.
        registration: the registration file as it is here.
        live_chats: the live chats that there are.
    """
    client = AppserviceClient(settings.homeserver.url, registration.as_token.get_secret_value())
    await client.start()
    try:
        for finding in await _introductions(client, settings, registration, live_chats):
            yield finding
            if finding.way_out:
                return
        for finding in await look_at_admin_token(client, settings):
            yield finding
        for finding in await look_at_panel(client, settings):
            yield finding
        yield await look_at_ping(client, settings, registration)
    finally:
        await client.close()


async def _introductions(
    client: AppserviceClient,
    settings: Settings,
    registration: AppserviceRegistration,
    live_chats: Sequence[LiveChat],
) -> list[Finding]:
    url = settings.homeserver.url
    naming = Naming(settings.homeserver.user_prefix, settings.homeserver.server_name)
    answer = await _ask(client, "/_matrix/client/versions")
    if isinstance(answer, Refusal) and not answer.errcode:
        way_out = "start the homeserver, or mend homeserver.url"
        return [wrong("homeserver", answer.message, way_out)]
    findings = [fine("homeserver", f"{url} answers")]
    answer = await _ask(client, path_of("account", "whoami"))
    if isinstance(answer, Refusal):
        return [*findings, _unknown_token(answer, registration, settings)]
    findings.append(_identity(str(answer.get("user_id")), naming))
    findings.append(await _namespace(client, naming, live_chats))
    return findings


def _unknown_token(refusal: Refusal, registration: AppserviceRegistration, settings: Settings) -> Finding:
    if refusal.errcode not in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_FORBIDDEN"}:
        way_out = "the homeserver's log tells more"
        return wrong("as_token", f"the homeserver does not tell who we are: {refusal.message}", way_out)
    return wrong(
        "as_token",
        f"the homeserver does not know the token of {registration.id}: it has not loaded the registration,"
        " or another version of it",
        f"see that app_service_config_files lists {settings.homeserver.registration} and restart the homeserver",
    )


def _identity(user_id: str, naming: Naming) -> Finding:
    if user_id == naming.bot:
        return fine("as_token", f"the homeserver knows us as {user_id}")
    localpart, _, server = user_id.partition(":")
    if server != naming.server_name:
        return wrong(
            "server_name",
            f"the homeserver is called {server}, and homeserver.server_name says {naming.server_name}",
            f'set server_name = "{server}", then run `livechat install` again and restart the homeserver',
        )
    return wrong(
        "as_token",
        f"the homeserver knows us as {localpart}, and user_prefix says @{naming.prefix}",
        "restart the homeserver: it has read an earlier version of the registration",
    )


async def _namespace(client: AppserviceClient, naming: Naming, live_chats: Sequence[LiveChat]) -> Finding:
    """Act as a ghost: a real one where there is one, else one that the homeserver would let us make."""
    ready = [chat for chat in live_chats if chat.queue_room is not None]
    ghost = naming.live_chat(ready[0].slug if ready else "check")
    answer = await _ask(client, path_of("account", "whoami"), as_user=ghost)
    if isinstance(answer, Refusal) and (ready or not _NOT_MADE_YET.search(answer.message)):
        return wrong(
            "namespace",
            f"the homeserver does not let us act as {ghost}: {answer.message}",
            "run `livechat install` again and restart the homeserver",
        )
    return fine("namespace", f"we may act as {naming.live_chat('…')}")


async def _ask(
    client: AppserviceClient, path: str, *, as_user: str | None = None
) -> Mapping[str, Any] | Refusal:
    try:
        return await client.call("GET", path, as_user=as_user, timeout=TIMEOUT)
    except (HomeserverRefused, HomeserverUnavailable) as error:
        return as_refusal(error)
