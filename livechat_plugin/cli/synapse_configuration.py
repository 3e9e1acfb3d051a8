"""Reading and extending Synapse's `homeserver.yaml`, which belongs to the administrator.

One line is put into the text, and the result is read back before it is written. A YAML library would
write the whole file anew: even the file that Synapse itself generates indents its lists in two ways,
so an administrator would find lines changed that nobody meant to change.
"""

import json
import re
import stat
from pathlib import Path
from typing import Any, Self

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.core.errors import ConfigurationError

_KEY = "app_service_config_files"
_BROKEN = object()
_LOOPBACK = {"", "0.0.0.0", "::", "::1", "localhost"}  # noqa: S104  (what Synapse listens on, not we)


class SynapseConfiguration:
    """Synapse's configuration file as it is now."""

    def __init__(self, path: Path, text: str, content: dict[str, Any]) -> None:
        self.path = path
        self._text = text
        self._content = content

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            ConfigurationError: It cannot be read, or isn't a configuration of Synapse.
        """
        try:
            text = path.read_bytes().decode()
        except OSError as error:
            raise ConfigurationError(str(path), "", f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise ConfigurationError(str(path), "", "is not valid YAML") from None
        content = _parsed(text)
        if content is _BROKEN:
            raise ConfigurationError(str(path), "", "is not valid YAML")
        if not isinstance(content, dict) or not isinstance(content.get("server_name"), str):
            raise ConfigurationError(
                str(path), "server_name", "is missing: is this Synapse's homeserver.yaml?"
            )
        return cls(path, text, content)

    @property
    def server_name(self) -> str:
        """The homeserver's name."""
        return str(self._content["server_name"])

    @property
    def client_url(self) -> str | None:
        """Where this machine reaches the client API: the first plain listener that serves it, if any does."""
        for listener in self._content.get("listeners") or []:
            names = {name for resource in listener.get("resources") or [] for name in resource["names"]}
            if "client" in names and listener.get("port") and not listener.get("tls"):
                bound = listener.get("bind_addresses") or [listener.get("bind_address", "")]
                host = "127.0.0.1" if _LOOPBACK.intersection(bound) else str(bound[0])
                return (
                    f"http://[{host}]:{listener['port']}"
                    if ":" in host
                    else f"http://{host}:{listener['port']}"
                )
        return None

    def has_module(self, module: str) -> bool:
        """Whether the homeserver loads this module already."""
        listed = self._content.get("modules") or []
        return any(isinstance(entry, dict) and entry.get("module") == module for entry in listed)

    def registers(self, registration: Path) -> bool:
        """Whether the homeserver is told to read this registration file."""
        folder = self.path.resolve().parent
        return registration.resolve() in {(folder / listed).resolve() for listed in self._registrations()}

    def register(self, registration: Path) -> Path:
        """Add the registration file, and keep the file as it was beside it.

        Returns:
            Where the old file is kept.

        Raises:
            ConfigurationError: The list is written in a way that we can't extend for certain.
        """
        entry = str(registration.resolve())
        text = _extended(self._text, entry)
        if _parsed(text) != {**self._content, _KEY: [*self._registrations(), entry]}:
            raise ConfigurationError(
                str(self.path), _KEY, f"is written in an unusual way: add {entry} to it by hand"
            )
        backup = self.path.with_name(f"{self.path.name}.before-livechat")
        mode = stat.S_IMODE(self.path.stat().st_mode)
        replace_file(backup, self._text, new_mode=mode)
        replace_file(self.path, text, new_mode=mode)
        return backup

    def _registrations(self) -> list[str]:
        listed = self._content.get(_KEY) or []
        if not isinstance(listed, list) or not all(isinstance(file, str) for file in listed):
            raise ConfigurationError(str(self.path), _KEY, "must be a list of files")
        return listed


def instructions(registration: Path) -> str:
    """Return the lines to add to `homeserver.yaml` by hand."""
    return f"{_KEY}:\n  - {_scalar(str(registration.resolve()))}"


def _parsed(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # as Synapse's own reader does
    try:
        return yaml.load(text)
    except YAMLError:
        # The error itself goes no further: it quotes the file, which holds Synapse's secrets.
        return _BROKEN


def _scalar(value: str) -> str:
    return value if re.fullmatch(r"/[\w./-]+", value) else json.dumps(value, ensure_ascii=False)


def _extended(text: str, entry: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    place = next((number for number, line in enumerate(lines) if line.startswith(f"{_KEY}:")), None)
    if place is None:
        return "".join([*lines, f"{_KEY}:\n  - {_scalar(entry)}\n"])
    flow = re.match(rf"({_KEY}:\s*\[)([^\]#]*)(\].*)", lines[place], re.DOTALL)
    if flow:
        items = f"{flow[2]}, " if flow[2].strip() else ""
        lines[place] = f"{flow[1]}{items}{json.dumps(entry, ensure_ascii=False)}{flow[3]}"
        return "".join(lines)
    last, indent = place, "  "
    for number, line in enumerate(lines[place + 1 :], start=place + 1):
        item = re.match(r"(\s*)- ", line)
        if item:
            last, indent = number, item[1]
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    lines[place] = re.sub(r":\s*(?:null|~)(?=\s)", ":", lines[place])
    lines.insert(last + 1, f"{indent}- {_scalar(entry)}\n")
    return "".join(lines)
