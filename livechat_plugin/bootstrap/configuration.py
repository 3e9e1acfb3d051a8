"""Reading the configuration, and what it leads to before anything is started."""

from dataclasses import dataclass
from pathlib import Path

from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration file and what it leads to, before anything is started."""

    file: Path
    settings: Settings
    registration: AppserviceRegistration
    naming: Naming


def configure(file: Path) -> Configuration:
    """Read the configuration and the registration that it names.

    Raises:
        ConfigurationError: either is missing, broken or refused.
    """
    settings = load_settings(file)
    registration = AppserviceRegistration.load(settings.homeserver.registration)
    naming = Naming(settings.homeserver.user_prefix, settings.homeserver.server_name)
    return Configuration(file, settings, registration, naming)
