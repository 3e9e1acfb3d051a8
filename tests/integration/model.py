"""The first installation of a process is the model of the others: they begin as it was when it was set up.

Setting one up costs as much as most tests that need one, and always leads to the same.
"""

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_FILES = ("plugin.toml", "livechat-registration.yaml", "homeserver/log.yaml", "homeserver/signing.key")
_CONFIGURATION = "homeserver/homeserver.yaml"
_DATABASES = ("livechat.db", "homeserver/homeserver.db")


@dataclass(frozen=True)
class Model:
    """An installation as it was when it was set up.

    Attributes:
        folder: where it is kept until the process ends.
        made_in: folder of the installation.
        addresses: of its plugin and its homeserver.
    """

    folder: Path
    made_in: Path
    addresses: tuple[str, str]

    @classmethod
    def of(cls, made_in: Path, web: str, homeserver: str) -> "Model":
        """Keep an installation, which may run, but must have nothing left to do."""
        kept = Path(tempfile.mkdtemp(prefix="livechat-model-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        (kept / "homeserver").mkdir()
        for name in (*_FILES, _CONFIGURATION):
            shutil.copy2(made_in / name, kept / name)
        # The plugin's first: what it does not know yet of the homeserver it would do again, as after a crash.
        for name in _DATABASES:
            with (
                closing(sqlite3.connect(made_in / name)) as live,
                closing(sqlite3.connect(kept / name)) as copy,
            ):
                live.backup(copy)
        return cls(kept, made_in, (web, homeserver))

    def copy_to(self, directory: Path, web: str, homeserver: str) -> None:
        """Make another one like it, with addresses of its own."""
        (directory / "homeserver").mkdir(parents=True, exist_ok=True)
        changes = {str(self.made_in): str(directory)}
        for old, new in zip(self.addresses, (web, homeserver), strict=True):
            changes |= {old: new, f"port: {_port(old)}": f"port: {_port(new)}"}
            changes |= {f"listen_port = {_port(old)}": f"listen_port = {_port(new)}"}
        for name in (*_FILES, _CONFIGURATION):
            text = (self.folder / name).read_text(encoding="utf-8")
            for old, new in changes.items():
                text = text.replace(old, new)
            shutil.copy2(self.folder / name, directory / name)
            (directory / name).write_text(text, encoding="utf-8")
        for name in _DATABASES:
            shutil.copy2(self.folder / name, directory / name)


def _port(address: str) -> str:
    return address.rpartition(":")[2]
