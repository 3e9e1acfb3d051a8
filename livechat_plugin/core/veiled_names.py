"""People's names in the names of files: "Annas iPhone 007.jpg" tells who sent it (S5)."""

import re
import unicodedata
from collections.abc import Iterable
from mimetypes import types_map

_WORD = re.compile(r"[^\W_]+")
_SEPARATORS = r"[\s._'\u2019-]+"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss"})
SHORT = 3
"""Letters of a name that are looked for only as a word of their own; longer ones are found within words, too."""


def veil_file_name(name: str, people: Iterable[str], alias: str) -> str:
    """A file's name with each word that holds a part of somebody's name replaced.

    Accents and capitals make no difference, nor does how the file system of the sender spells them.

    Args:
        name: the file's name.
        people: what the person is called: display name, first part of the Matrix id.
        alias: what stands in the place of such a word.
    """
    parts = {variant for called in people for word in _words(called) for variant in _variants(word)}
    if not parts:
        return name
    alias = re.sub(r"[\\/:\0]+", "-", alias)
    stem, extension = _split(unicodedata.normalize("NFC", name))

    def veiled(word: re.Match[str]) -> str:
        return alias if any(_holds(form, part) for form in _variants(word[0]) for part in parts) else word[0]

    hidden = _WORD.sub(veiled, stem)
    if hidden == stem:
        return name
    known = re.escape(alias)
    return re.sub(rf"{known}(?:{_SEPARATORS}{known})+", lambda _: alias, hidden) + extension


def _split(name: str) -> tuple[str, str]:
    """A name and its extension; a known one is left alone, whoever is called like it."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem and f".{extension.lower()}" in types_map else (name, "")


def _words(called: str) -> list[str]:
    """The parts of a name; a number tells nobody apart, nor does a single letter."""
    words = _WORD.findall(unicodedata.normalize("NFC", called))
    return [word for word in words if not word.isdigit() and (len(word) > 1 or word.upper() == word.lower())]


def _variants(word: str) -> set[str]:
    """How a word may be spelled: without accents, with two letters for an umlaut."""
    lower = word.casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return {lower, plain, word.lower().translate(_UMLAUTS)}


def _holds(word: str, part: str) -> bool:
    has_case = part.upper() != part.lower()
    if not has_case or len(part) > SHORT:
        return part in word
    return re.sub(r"[0-9]+|s$", "", word) in {part, part.removesuffix("s")} or word == part
