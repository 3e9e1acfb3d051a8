"""A share of the processors for a process, by Linux' control groups."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PERIOD: Final = 20_000
"""Microseconds in which a process uses up its share."""
_OLD: Final = Path("/sys/fs/cgroup/cpu")
_NEW: Final = Path("/sys/fs/cgroup")


@contextmanager
def shares(cores: float) -> Iterator[Callable[[int], bool]]:
    """A function that limits a process to so much of one core; it says whether that could be done."""
    groups: list[Path] = []

    def limit(pid: int) -> bool:
        parent = _OLD if (_OLD / "cpu.cfs_quota_us").exists() else _NEW
        group = parent / f"livechat-bench-{os.getpid()}-{pid}"
        quota = int(PERIOD * cores)
        try:
            group.mkdir()
            groups.append(group)
            if parent == _OLD:
                (group / "cpu.cfs_period_us").write_text(str(PERIOD))
                (group / "cpu.cfs_quota_us").write_text(str(quota))
            else:
                (group / "cpu.max").write_text(f"{quota} {PERIOD}")
            (group / "cgroup.procs").write_text(str(pid))
        except OSError:
            return False
        return True

    try:
        yield limit
    finally:
        for group in groups:
            with suppress(OSError):  # still there are processes that others ended with
                group.rmdir()
