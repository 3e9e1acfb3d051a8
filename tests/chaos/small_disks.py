"""Small disks of their own for parts of an installation, which can be filled and freed, and made read-only."""

import asyncio
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

MEGABYTE = 1024 * 1024


@cache
def may_mount() -> bool:
    """Whether this user may mount a tmpfs here."""
    probe = Path("/tmp") / f"livechat-chaos-mount-{os.getpid()}"  # noqa: S108 - nothing is kept in it
    probe.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "none", str(probe)], check=False, capture_output=True
        )
        if mounted.returncode:
            return False
        subprocess.run(["umount", str(probe)], check=True)
        return True
    except OSError:
        return False
    finally:
        probe.rmdir()


class SmallDisk:
    """A tmpfs in place of a folder, with what was in it.

    Args:
        folder: whose programs do not run while it is put in place.
        megabytes: room beside what is there already.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._megabytes = megabytes
        self._filler = folder / "filler"

    async def put_in(self) -> None:
        """Mount it, and copy what is there."""
        await asyncio.to_thread(self._put_in)

    def _put_in(self) -> None:
        aside = self.folder.with_name(f"{self.folder.name}-aside")
        self.folder.rename(aside)
        self.folder.mkdir()
        used = sum(file.lstat().st_blocks * 512 for file in aside.rglob("*"))
        size = f"size={used + self._megabytes * MEGABYTE}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(self.folder)], check=True)
        subprocess.run(["cp", "-a", f"{aside}/.", str(self.folder)], check=True)
        shutil.rmtree(aside)

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (MEGABYTE, 4096, 1):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    continue

    def free(self) -> None:
        """As before."""
        self._filler.unlink(missing_ok=True)

    def remount(self, option: str) -> None:
        """Mount it `ro` or `rw`; nobody may have a file open to write when it becomes read-only."""
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.folder)], check=True)

    async def take_away(self) -> None:
        """Unmount it; what was on it is gone."""
        await asyncio.to_thread(subprocess.run, ["umount", "-l", str(self.folder)], check=False)
