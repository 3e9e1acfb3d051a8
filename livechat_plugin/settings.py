"""The configuration: `plugin.toml` with the environment on top, read in `bootstrap`.

Tokens do not stand in the file: they live in the registration file or in the environment. Relative paths mean the folder of the
configuration file, so a service started from anywhere finds the same database.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_origin

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.refused_settings import (
    ENVIRONMENT_ONLY,
    ENVIRONMENT_PREFIX,
    NESTING,
    misplaced_secrets,
    refusal,
    refused_values,
    unknown_sections,
)
from livechat_plugin.setting_values import (
    SQLITE,
    DatabaseUrl,
    LogLevel,
    Principal,
    Proxy,
    ServerName,
    WebAddress,
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PluginSettings(_Section):
    """The plugin as a whole."""

    enabled: bool = Field(
        default=True,
        description="Off: customers who write get one polite answer, and what happens is kept until it is on again.",
    )
    hook_folders: list[Path] = Field(
        default=[],
        description="Folders with hooks of your own, one Python file each, besides those that ship.",
    )


class HomeserverSettings(_Section):
    """The homeserver that the plugin serves."""

    url: WebAddress = Field(description="Where the plugin reaches the homeserver's client API.")
    server_name: ServerName = Field(
        description="The homeserver's name: the part of its users' ids after the colon."
    )
    registration: Path = Field(
        default=Path("livechat-registration.yaml"),
        description="The registration file that `livechat install` makes and the homeserver reads too.",
    )
    admin_token: SecretStr | None = Field(
        default=None,
        min_length=1,
        description="Access token of a server administrator. With it the plugin learns from Synapse whether an "
        "employee's account is locked, suspended or deactivated before a rule gives them a session.",
        json_schema_extra=ENVIRONMENT_ONLY,
    )
    # Synapse refuses a sender whose name needs URL encoding, so `=` and `/` are out.
    user_prefix: str = Field(
        default="livechat",
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        max_length=64,
        description="How our users' names begin: the bot is @<prefix>, live chats are @<prefix>_<slug>.",
    )


class DatabaseSettings(_Section):
    """Where live chats, conversations and deliveries are kept."""

    url: DatabaseUrl = Field(
        default="sqlite:///livechat.db",
        repr=False,
        description="sqlite:///file, or postgresql://user:password@host/name for a server. "
        "A password belongs in LIVECHAT_DATABASE__URL rather than in the file.",
    )

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the plugin's own file, migrated by the plugin itself at start."""
        return self.url.startswith(SQLITE)

    @property
    def async_url(self) -> str:
        """The address with the driver that the store uses."""
        return self.url.replace("postgresql:", "postgresql+asyncpg:", 1)

    @property
    def printable_url(self) -> str:
        """The address without its password, for messages and logs."""
        masked = re.sub(r"(//[^:/@]*):.*@", r"\1:***@", self.url)
        return re.sub(r"(password=)[^&]*", r"\1***", masked)


class WebSettings(_Section):
    """The plugin's own web server."""

    listen_host: str = Field(
        default="127.0.0.1", description="The interface to listen on; 0.0.0.0 in a container."
    )
    listen_port: int = Field(default=9009, ge=1, le=65535, description="The port to listen on.")
    address: WebAddress = Field(
        default="http://127.0.0.1:9009",
        description="Where the homeserver reaches the plugin; run `livechat install` again after a change.",
    )
    public_address: WebAddress = Field(
        default="http://127.0.0.1:9009",
        description="Where people's browsers reach the plugin: https://livechat.example.org, usually by a reverse "
        "proxy. Links to the console begin with it.",
    )
    trusted_proxies: list[Proxy] = Field(
        default=["127.0.0.1", "::1"],
        description="Addresses or networks of the reverse proxies in front of the plugin, which tell in "
        "X-Forwarded-For for whom they ask; others are not believed. Who tries too often is known by this.",
    )
    panel_clients: list[WebAddress] = Field(
        default=[],
        description="Addresses of the Matrix clients that may show the session panel beside a session room, such as "
        "https://app.element.io. Empty: session rooms get no panel.",
    )


class AccessSettings(_Section):
    """Who may do what."""

    administrators: list[Principal] = Field(
        default=[],
        description="Who creates, edits and deletes live chats: Matrix ids and names of groups.",
    )


class LimitSettings(_Section):
    """How much is taken from one person, so that nobody else waits for it."""

    customer_messages_per_minute: int = Field(
        default=120,
        ge=0,
        le=100_000,
        description="How much a customer may write in a minute before it is passed on at this pace; nothing is lost, "
        "and they are told. Each process counts for itself. 0: as much as they like.",
    )


class GroupSettings(_Section):
    """Groups of people."""

    directory_minutes: float = Field(
        default=15,
        ge=0.01,
        le=10_080,
        description="Minutes after which hooks are asked again who is in the groups that they know.",
    )


class RetentionSettings(_Section):
    """What is deleted by itself when it is old."""

    messages_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after the end of a session until what was said in it, its files and its name are deleted from "
        "the database (files from the homeserver, too, with an admin token). 0: never.",
    )
    audit_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days until entries of the audit log are deleted. 0: never.",
    )


class LogSettings(_Section):
    """What the plugin says about its work, on standard error."""

    format: Literal["auto", "console", "json"] = Field(
        default="auto",
        description="console: lines for people; json: lines for machines; auto: console on a terminal.",
    )
    level: LogLevel = Field(default="info", description="The least important line that is written.")


class HookConfiguration(BaseModel):
    """One hook's part of the configuration; its other keys are checked by the hook's own settings."""

    model_config = ConfigDict(extra="allow", frozen=True)

    enabled: bool = Field(default=True, description="Off: the hook is not loaded.")

    @property
    def options(self) -> dict[str, Any]:
        """Every key but `enabled`, as written, for the hook's own settings model."""
        return dict(self.model_extra or {})


class _Environment(EnvSettingsSource):
    """The environment; lists may be written as JSON or with commas; a wrong value reaches its own key."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            if get_origin(field.annotation) is list:
                return [part.strip() for part in value.split(",") if part.strip()]
            return value


class Settings(BaseSettings):
    """Everything that `plugin.toml` and the environment can say."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter=NESTING
    )

    plugin: PluginSettings = Field(default=PluginSettings(), description="The plugin as a whole.")
    homeserver: HomeserverSettings = Field(description="The homeserver that the plugin serves.")
    database: DatabaseSettings = Field(default=DatabaseSettings(), description="Where everything is kept.")
    web: WebSettings = Field(default=WebSettings(), description="The plugin's own web server.")
    access: AccessSettings = Field(default=AccessSettings(), description="Who may do what.")
    limits: LimitSettings = Field(default=LimitSettings(), description="How much is taken from one person.")
    groups: GroupSettings = Field(default=GroupSettings(), description="Groups of people.")
    retention: RetentionSettings = Field(
        default=RetentionSettings(), description="What is deleted by itself when it is old."
    )
    log: LogSettings = Field(default=LogSettings(), description="What the plugin says about its work.")
    hooks: dict[str, HookConfiguration] = Field(
        default={}, repr=False, description="One table per hook: its toggle and its own settings."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic-settings passes all by name)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment above the file."""
        return _Environment(settings_cls), init_settings


def load_settings(path: Path) -> Settings:
    """Read the configuration file, with the environment on top.

    Raises:
        ConfigurationError: The file is missing or broken, or values are refused; all of them are told.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(str(path), "", "does not exist: `livechat install` makes it") from None
    except OSError as error:
        raise ConfigurationError(str(path), "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), "", f"is not valid TOML: {error}") from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """Do as `load_settings` with a text that isn't in its file yet.

    Args:
        text: The content, TOML.
        path: The file it is meant for: named in refusals, and relative paths start at its folder.

    Raises:
        ConfigurationError: As `load_settings`.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(path), "", f"is not valid TOML: {error}") from error
    unknown = [
        *unknown_sections(content, str(path), set(Settings.model_fields)),
        *misplaced_secrets(content, str(path), Settings),
    ]
    known = {key: value for key, value in content.items() if key in Settings.model_fields}
    try:
        settings = Settings(**known)
    except ValidationError as error:
        # Not chained: pydantic's own message repeats the values, and one may be a password.
        raise refusal([*unknown, *refused_values(error, str(path), Settings)]) from None
    if unknown:
        raise refusal(unknown)
    return _anchored(settings, path.absolute().parent)


def _anchored(settings: Settings, folder: Path) -> Settings:
    plugin, homeserver, database = settings.plugin, settings.homeserver, settings.database
    url = database.url
    if database.is_embedded:
        url = SQLITE + str(folder / url.removeprefix(SQLITE))
    return settings.model_copy(
        update={
            "plugin": plugin.model_copy(
                update={"hook_folders": [folder / hooks for hooks in plugin.hook_folders]}
            ),
            "homeserver": homeserver.model_copy(update={"registration": folder / homeserver.registration}),
            "database": database.model_copy(update={"url": url}),
        }
    )
