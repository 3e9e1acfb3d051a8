"""The shares in which the lanes are divided among the replicas."""

from zlib import crc32

SLOTS = 64
"""How many there are, for ever: the number is kept with each delivery."""


def slot_of(lane: str) -> int:
    """Where a lane belongs; the same in every process, and in every version."""
    return crc32(lane.encode()) % SLOTS
