"""Ties a process to the one that starts it: if that one dies, however it dies, so does this one.

Nobody can clean up after `kill -9`, so the kernel has to. Run as a script of its own, because only the new
process itself can ask for it: it asks, and then becomes the command that it was given.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def tethered(*command: str) -> list[str]:
    """The command that starts `command` tied to this process; on other systems than Linux the command itself.

    The process id stays the same. The tie is to the thread that starts it, which should therefore be one that
    lasts, such as the main one.

    Args:
        command: an absolute path to a program, and its arguments.
    """
    if sys.platform != "linux":
        return list(command)
    # Isolated and without site packages: a hundredth of a second instead of half of one.
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), *command]


def _main() -> None:
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have died before we asked; then nobody will ever tell us.
    if os.getppid() == int(parent):
        os.execv(command[0], command)  # noqa: S606 -- a shell in between would be tied instead


if __name__ == "__main__":
    _main()
