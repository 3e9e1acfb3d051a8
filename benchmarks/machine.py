"""What we run on, and what a process costs, read from Linux' /proc."""

import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import median

_PACKAGES = ("matrix-synapse", "matrix-nio", "SQLAlchemy", "uvicorn")
_TICKS = os.sysconf("SC_CLK_TCK")


def describe(folder: Path) -> str:
    """Cores, load, versions and how long the disk under the folder takes to make a page durable."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {packages}; fsync {_fsync_ms(folder):.2f} ms; {load()}"
    )


def load() -> str:
    """How busy the machine is, we included."""
    return "load average " + " ".join(f"{average:.1f}" for average in os.getloadavg())


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, all its threads together, in steps of 10 ms."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / _TICKS


def resident_mb(pid: int) -> float:
    """Memory of a process that is in RAM (RSS), in MB of 2^20 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


@dataclass(slots=True)
class CpuMeter:
    """Processor time of a process from now on."""

    pid: int
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = cpu_seconds(self.pid)

    def milliseconds(self) -> float:
        """Used since."""
        return (cpu_seconds(self.pid) - self.began) * 1000


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _fsync_ms(folder: Path) -> float:
    times = []
    file = folder / "fsync"
    with file.open("wb", buffering=0) as out:
        for _ in range(100):
            out.write(b"\0" * 4096)
            began = time.perf_counter()
            os.fsync(out.fileno())
            times.append(time.perf_counter() - began)
    file.unlink()
    return median(times) * 1000
