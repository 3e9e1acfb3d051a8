"""Tokens of deliveries that follow from what caused them.

A database that was restored from a backup takes in again what happened since, and owes it again. What is owed because
of the same event has the same token then, so the homeserver recognizes what it has seen (for 24 hours, in Synapse).
"""

import hashlib
import re
from collections import Counter
from secrets import token_hex

TOKEN_LENGTH = 24

_ROW = re.compile(r'"(?:message_id|conversation_id)":\d+')
"""Numbers of rows, which may be others after a restore."""


class Causes:
    """Gives the deliveries of one unit of work their tokens."""

    def __init__(self) -> None:
        self._cause: str | None = None
        self._same: Counter[str] = Counter()

    def because_of(self, cause: str | None) -> None:
        """What is owed from now on follows from this; None for what nobody can tell again, such as a form."""
        self._cause = cause
        self._same.clear()

    def token(self, payload: str) -> str:
        """A token for a payload, as text: unique, and the same for the same payload, cause and place among equals."""
        if self._cause is None:
            return token_hex(TOKEN_LENGTH // 2)
        owed = _ROW.sub("", payload)
        place = self._same[owed]
        self._same[owed] += 1
        return hashlib.sha256(f"{self._cause}\0{owed}\0{place}".encode()).hexdigest()[:TOKEN_LENGTH]
