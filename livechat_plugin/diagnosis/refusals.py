"""What the homeserver said no with, whichever of our exceptions it came as."""

import re
from dataclasses import dataclass

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable

_IN_WORDS = re.compile(r"HTTP \d+ (?P<errcode>\w+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that did not succeed; `errcode` is empty if the homeserver gave none, or no answer."""

    errcode: str
    message: str


def as_refusal(error: HomeserverRefused | HomeserverUnavailable) -> Refusal:
    """Take the code out of an exception.

    To the plugin at work a server error means "again, later", whatever its code. Here the code is the news,
    and it stands in the exception's words.
    """
    if isinstance(error, HomeserverRefused):
        return Refusal(error.errcode, str(error).removeprefix(f"{error.errcode}: "))
    found = _IN_WORDS.fullmatch(str(error))
    return Refusal(found["errcode"], found["message"]) if found else Refusal("", str(error))
