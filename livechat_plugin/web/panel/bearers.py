"""Who looks at a panel: a signed token for one person and one conversation, sent with every request."""

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection

from livechat_plugin.services.ports import Clock
from livechat_plugin.web.console.visitor import Visitor

GOOD_FOR = timedelta(minutes=30)
"""After this the client is asked anew who looks at it. What one may do is looked up at every request anyway."""


class Bearers:
    """Signs tokens, and knows them again; any process with the same secret does.

    Args:
        secret: known to the plugin's processes only.
        clock: tells when a token is too old.
    """

    def __init__(self, secret: bytes, clock: Clock) -> None:
        # A salt of its own: no cookie of the console passes for a token, nor the other way round.
        self._serializer = URLSafeSerializer(secret, "panel", signer_kwargs={"digest_method": hashlib.sha256})
        self._clock = clock

    def make(self, user_id: str, conversation_id: int) -> str:
        """The token of somebody who proved who they are."""
        until = self._clock.now() + GOOD_FOR
        return str(self._serializer.dumps([user_id, conversation_id, int(until.timestamp())]))

    def of(self, connection: HTTPConnection) -> Visitor | None:
        """Whose token comes with a request."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            user_id, conversation_id, until = self._serializer.loads(token)
        except (BadSignature, ValueError):
            return None
        if until <= self._clock.now().timestamp():
            return None
        return Visitor(user_id, proof="", panel_of=conversation_id)

    def renewed(self, _: HTTPConnection) -> None:
        """No cookie goes with an answer; the client is asked anew instead."""
