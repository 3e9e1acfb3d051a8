"""The proof that a form comes from our own page, as it stands there: different each time, so that nobody learns it
little by little from how well pages are compressed (the attack is called BREACH).
"""

import hmac
import secrets

from starlette.requests import Request

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
OWN_PAGES = frozenset({"same-origin", "none"})
"""What browsers call requests of our own pages, and of nobody's; those of a neighbouring host are `same-site`."""


def masked(proof: str) -> str:
    """A proof as a page shows it."""
    known = bytes.fromhex(proof)
    mask = secrets.token_bytes(len(known))
    return (mask + _without(known, mask)).hex()


def unmasked(shown: str) -> str:
    """The proof behind what a page showed; an empty text for nonsense."""
    try:
        both = bytes.fromhex(shown)
    except ValueError:
        return ""
    half = len(both) // 2
    return _without(both[half:], both[:half]).hex() if len(both) == 2 * half else ""


async def shows(request: Request, proof: str) -> bool:
    """Whether a request carries the proof, and no other site made the browser send it."""
    if request.headers.get("sec-fetch-site", "none") not in OWN_PAGES:
        return False
    shown = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    return bool(proof) and isinstance(shown, str) and hmac.compare_digest(unmasked(shown), proof)


def _without(value: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(value, mask, strict=True))
