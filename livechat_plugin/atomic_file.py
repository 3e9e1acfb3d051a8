"""Replacing a file whole or not at all, for files that would be missed: configuration and tokens."""

import contextlib
import os
import secrets
from pathlib import Path

from livechat_plugin.core.errors import ConfigurationError


def replace_file(path: Path, text: str, new_mode: int, keep_mode: int = 0o7777) -> None:
    """Write `text` to `path` so that a crash leaves either the old content or the new one.

    The content is on disk before the rename, a symbolic link stays a link, and an existing file keeps
    its owner where the process may set it.

    Args:
        path: The file to write; its folder must exist.
        text: The whole new content.
        new_mode: Permission bits of a file that does not exist yet.
        keep_mode: Which permission bits of an existing file survive.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    try:
        _replace(path, text, new_mode, keep_mode)
    except OSError as error:
        raise ConfigurationError(str(path), "", f"cannot be written: {error.strerror}") from error


def _replace(path: Path, text: str, new_mode: int, keep_mode: int) -> None:
    target = path.resolve()
    previous = target.stat() if target.exists() else None
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    # Private from its first byte: the text may hold tokens.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            if previous is None:
                os.fchmod(descriptor, new_mode)
            else:
                with contextlib.suppress(PermissionError):
                    os.fchown(descriptor, previous.st_uid, previous.st_gid)
                os.fchmod(descriptor, previous.st_mode & keep_mode)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
