"""What no log may hold: every installation's log is looked through when its tests are over (SEC-LOG-2)."""

import re
from collections.abc import Iterable
from pathlib import Path

from livechat_plugin.demo.person import Person

SHORTEST = 12
"""Characters: shorter words, such as names, stand in logs for good reasons."""

_LINKS = re.compile(r"/console/sign-in/([\w-]{20,})")
_TOKENS = {
    "an access token of the homeserver": re.compile(r"\bsyt_\w{6,}"),
    "a token behind its scheme": re.compile(r"(?i)\bbearer (?!\*\*\*)[\w.~+/=-]{8,}"),
    "a link that signs in": re.compile(r"/sign-in/(?!\{)[\w-]{20,}"),
    "a password in an address": re.compile(r"\w://[^:/@\s*]*:(?!\*\*\*)[^@/\s\"']+@"),
    "a cookie": re.compile(r"livechat_console=[\w.-]{8,}"),
}


def found_in(log: str, secrets: Iterable[str], people: Iterable[Person]) -> list[str]:
    """What stands in a log that must not; each with the line, so that its writer is found."""
    lines = log.splitlines()
    found = [
        f"{what}: {line[:300]}" for what, token in _TOKENS.items() for line in lines if token.search(line)
    ]
    forbidden = {secret: "a secret" for secret in secrets if secret}
    for person in people:
        for room in list(person.rooms):
            for event in person.events(room):
                content = event.get("content")
                if event.get("type") != "m.room.message" or not isinstance(content, dict):
                    continue
                said = str(content.get("body", ""))
                for link in _LINKS.findall(said):
                    forbidden[link] = "a link that signs in"
                if not event["sender"].startswith("@livechat") and len(said) >= SHORTEST:
                    forbidden[said.splitlines()[0]] = "what somebody wrote"
    for secret, what in forbidden.items():
        if len(secret) >= SHORTEST and secret in log:
            found += [f"{what}: {line[:300]}" for line in lines if secret in line][:3]
    return found


def tokens_of(registration: Path) -> list[str]:
    """The two tokens of a registration file, as text, however it is written."""
    if not registration.exists():
        return []
    return re.findall(r"(?:as|hs)_token: [\"']?([^\"'\s]+)", registration.read_text(encoding="utf-8"))
