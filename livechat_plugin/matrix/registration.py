"""The registration file: what homeserver and plugin agree on, tokens included.

The keys are those of the application service API of the Matrix specification, and of the proposals
that a homeserver still wants by their old names.
"""

import re
import secrets
import stat
from io import StringIO
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.core.errors import ConfigurationError

_TOKEN_BYTES = 48
_HEADER = """\
# Made by `livechat install`. The homeserver and the plugin both read this file.
# Whoever holds these tokens can act as every user of the live chats: let nobody else read it.
"""


class Namespace(BaseModel):
    """Users or aliases that belong to the plugin; exclusive: nobody else may make them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    exclusive: bool
    regex: str


class Namespaces(BaseModel):
    """What belongs to the plugin on the homeserver."""

    model_config = ConfigDict(frozen=True, extra="allow")

    users: tuple[Namespace, ...] = ()
    aliases: tuple[Namespace, ...] = ()

    @classmethod
    def derived(cls, server_name: str, prefix: str) -> Self:
        """Claim the bot, every ghost and every alias of ours, and nothing besides.

        A homeserver looks for a match from the start only: the patterns say themselves where a name ends.
        """
        name, server = re.escape(prefix), re.escape(server_name)
        return cls(
            users=(
                Namespace(exclusive=True, regex=f"@{name}:{server}$"),
                Namespace(exclusive=True, regex=f"@{name}_.*:{server}$"),
            ),
            aliases=(Namespace(exclusive=True, regex=f"#{name}_.*:{server}$"),),
        )


class AppserviceRegistration(BaseModel):
    """One application service as the homeserver knows it. Keys we don't know are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow", validate_by_name=True, validate_by_alias=True)

    id: str
    url: str | None
    as_token: SecretStr = Field(min_length=1)
    hs_token: SecretStr = Field(min_length=1)
    sender_localpart: str
    namespaces: Namespaces
    # Our ghosts speak for many people at once: a limit meant for one person would stop a busy desk.
    rate_limited: bool = False
    receive_ephemeral: bool = True
    # Synapse looks for the proposal's name of the key above.
    push_ephemeral: bool = Field(default=True, alias="de.sorunome.msc2409.push_ephemeral")
    # Lets ghosts have devices, without which a repeated send doubles after a restart of Synapse.
    device_management: bool = Field(default=True, alias="io.element.msc4190")

    @classmethod
    def create(cls, *, url: str, server_name: str, prefix: str) -> Self:
        """Make a registration with new tokens.

        Args:
            url: Where the homeserver reaches the plugin.
            server_name: The homeserver's name, the part of an id after the colon.
            prefix: The bot's local part, and what every ghost's and alias's begins with.
        """
        return cls(
            id=prefix,
            url=url,
            as_token=SecretStr(secrets.token_urlsafe(_TOKEN_BYTES)),
            hs_token=SecretStr(secrets.token_urlsafe(_TOKEN_BYTES)),
            sender_localpart=prefix,
            namespaces=Namespaces.derived(server_name, prefix),
        )

    def brought_up_to_date(self, *, url: str, server_name: str, prefix: str) -> Self:
        """Return the registration as it would be made today, with its id, tokens and unknown keys kept."""
        fresh = type(self).create(url=url, server_name=server_name, prefix=prefix)
        derived = set(type(self).model_fields) - {"id", "as_token", "hs_token"}
        return self.model_copy(update={name: getattr(fresh, name) for name in derived})

    def differences(self, other: Self) -> list[str]:
        """Name the keys, as they stand in the file, in which another registration differs."""
        mine, others = self.model_dump(by_alias=True), other.model_dump(by_alias=True)
        return [key for key in others if others[key] != mine.get(key)]

    def owns(self, user_id: str) -> bool:
        """Whether a user id lies in our namespace, by the homeserver's rule: a match from the start."""
        return any(re.match(namespace.regex, user_id) for namespace in self.namespaces.users)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a registration file.

        Raises:
            ConfigurationError: It is missing, unreadable or incomplete; the message holds no token.
        """
        try:
            content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigurationError(str(path), "", "does not exist: `livechat install` makes it") from None
        except OSError as error:
            raise ConfigurationError(str(path), "", f"cannot be read: {error.strerror}") from error
        except (YAMLError, UnicodeDecodeError) as error:
            # Not chained, here and below: the library's messages quote the file, tokens included.
            raise ConfigurationError(str(path), _line(error), "is not valid YAML") from None
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            detail = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(str(part) for part in detail["loc"])
            raise ConfigurationError(str(path), key, detail["msg"]) from None

    def save(self, path: Path) -> None:
        """Write the file whole or not at all, readable by its owner.

        A group that the administrator let read an existing file (the homeserver's, say) still may.
        """
        text = StringIO()
        YAML().dump(self._as_file(), text)
        replace_file(path, _HEADER + text.getvalue(), new_mode=0o600, keep_mode=0o640)

    def _as_file(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True) | {
            "as_token": self.as_token.get_secret_value(),
            "hs_token": self.hs_token.get_secret_value(),
        }


def is_exposed(path: Path) -> bool:
    """Whether every user of the machine may read a file, which one with tokens must not allow."""
    return bool(path.stat().st_mode & stat.S_IROTH)


def _line(error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return f"line {mark.line + 1}" if mark else ""
