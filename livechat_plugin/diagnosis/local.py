"""What lies on this machine: the configuration, hooks, the registration file, the addresses."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from livechat_plugin.bootstrap.hooks import check_registrations, load_configured_hooks
from livechat_plugin.core.apps import AccountFieldMissing
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.diagnosis.finding import Finding, doubtful, fine, wrong
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.registration import AppserviceRegistration, is_exposed
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.settings import Settings, load_settings

_CONFIGURATION = "configuration"
_RUN_INSTALL = "run `livechat install` again and restart the homeserver"
_ONLY_FOR_SIGNALS = {"receive_ephemeral", "de.sorunome.msc2409.push_ephemeral"}


def look_at_configuration(file: Path) -> tuple[Settings | None, list[Finding]]:
    """Read the configuration file; None if that fails."""
    if not file.exists():
        return None, [wrong(_CONFIGURATION, f"{file} does not exist", "`livechat install` makes it")]
    try:
        settings = load_settings(file)
    except ConfigurationError as error:
        way_out = "mend it and check again"
        return None, [wrong(_CONFIGURATION, line, way_out) for line in str(error).splitlines()]
    findings = [fine(_CONFIGURATION, f"{file} is valid")]
    if not settings.plugin.enabled:
        findings.append(doubtful(_CONFIGURATION, "the plugin is off", "set [plugin] enabled = true"))
    if not settings.access.administrators:
        way_out = "`livechat install --administrator @you:example.org` adds one"
        findings.append(doubtful(_CONFIGURATION, "nobody is an administrator of live chats", way_out))
    return settings, findings


async def look_at_hooks(file: Path, settings: Settings) -> AsyncIterator[Finding]:
    """Load the hooks as `livechat serve` does, and ask them what it asks at start."""
    try:
        hooks = Hooks(load_configured_hooks(file, settings))
        catalogue = AppCatalogue(hooks)
        await check_registrations(hooks, catalogue)
    except ConfigurationError as error:
        yield wrong("hooks", str(error), "mend the hook or switch it off")
    else:
        yield fine("hooks", f"loaded: {', '.join(hooks.names()) or 'none'}")
        for name in catalogue.known.left_out.values():
            way_out = "without one it can neither be bound to a live chat nor be registered"
            yield doubtful("hooks", str(AccountFieldMissing(name)), way_out)


def look_at_registration(settings: Settings) -> tuple[AppserviceRegistration | None, list[Finding]]:
    """Read the registration file; None if that fails."""
    path = settings.homeserver.registration
    try:
        registration = AppserviceRegistration.load(path)
        is_open_to_all = is_exposed(path)
    except ConfigurationError as error:
        return None, [wrong("registration", str(error), "run `livechat install`")]
    findings = list(_contradictions(settings, registration))
    if is_open_to_all:
        findings.append(
            wrong(
                "registration",
                f"every user of this machine may read the tokens in {path}",
                f"chmod 640 {path}, with the homeserver's group",
            )
        )
    return registration, findings or [fine("registration", f"{path} matches the configuration")]


def _contradictions(settings: Settings, registration: AppserviceRegistration) -> Iterator[Finding]:
    wanted = registration.brought_up_to_date(
        url=settings.web.address,
        server_name=settings.homeserver.server_name,
        prefix=settings.homeserver.user_prefix,
    )
    differences = set(registration.differences(wanted))
    path = settings.homeserver.registration
    if essential := sorted(differences - _ONLY_FOR_SIGNALS):
        keys = ", ".join(essential)
        yield wrong("registration", f"{path} does not match the configuration in: {keys}", _RUN_INSTALL)
    if differences & _ONLY_FOR_SIGNALS:
        yield doubtful("registration", f"{path} asks for no typing and no read receipts", _RUN_INSTALL)


def look_at_addresses(settings: Settings) -> Iterator[Finding]:
    """Whether the homeserver can reach the plugin where it is told to, as far as the addresses tell."""
    web, homeserver = settings.web, settings.homeserver.url
    if _is_loopback(_host(web.address)) and not _is_loopback(_host(homeserver)):
        yield doubtful(
            "web address",
            f"web.address is {web.address}, which means the homeserver's own machine, but that is {homeserver}",
            f"set web.address to where the homeserver reaches this machine, then {_RUN_INSTALL}",
        )
    elif _is_loopback(web.listen_host) and not _is_loopback(_host(web.address)):
        yield doubtful(
            "web address",
            f"the plugin listens on {web.listen_host} only, and web.address is {web.address}",
            'unless a proxy stands in between, set listen_host = "0.0.0.0"',
        )
    else:
        yield fine("web address", web.address)


def look_at_public_address(settings: Settings) -> Iterator[Finding]:
    """Whether people's browsers can use the console safely, as far as the address tells."""
    address = settings.web.public_address
    parts = urlsplit(address)
    if parts.path.strip("/"):
        yield wrong(
            "public address",
            f"web.public_address is {address}: the console cannot lie below a path",
            "give it a name of its own, such as https://livechat.example.org",
        )
    elif _is_loopback(_host(address)):
        yield doubtful(
            "public address",
            f"web.public_address is {address}: links to the console work on this machine only",
            "set it to where browsers reach the plugin, with https, when others shall use the console",
        )
    elif parts.scheme != "https":
        yield wrong(
            "public address",
            f"web.public_address is {address}: whoever listens on the way could sign in with what they hear",
            "put a proxy with a certificate in front, and write https://",
        )
    else:
        yield fine("public address", address)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
