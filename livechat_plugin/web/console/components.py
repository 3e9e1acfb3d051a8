"""The macros of templates/components/, for every template as `ui.…`, and the filters that they need."""

import re
import zlib
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

MACROS = ("basics", "lists", "overlays", "forms", "fields")
TINTS = 8

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?)?")


def add_components(environment: Environment) -> None:
    """Let every template call the macros without importing them."""
    environment.filters.update(FILTERS)
    components = environment.globals["ui"] = SimpleNamespace()
    for name in MACROS:
        module = environment.get_template(f"components/{name}.html").module
        for macro in dir(module):
            if not macro.startswith("_"):
                assert not hasattr(components, macro), f"two components are called {macro}"
                setattr(components, macro, getattr(module, macro))


def initials(name: str) -> str:
    """One or two letters that stand for somebody; of a Matrix id, the letters of its localpart."""
    if name.startswith("@"):
        name = name[1:].partition(":")[0]
    words: list[str] = re.findall(r"\w+", name.replace("_", " "))
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(name: str) -> int:
    """The number of a colour that stays the same for a name, in every process."""
    return zlib.crc32(name.encode()) % TINTS + 1


def file_size(size: int) -> str:
    """Of a file: `1.4 MB`."""
    shown = float(size)
    for unit in ("B", "kB", "MB"):
        if shown < 1000:
            return f"{shown:.0f} {unit}" if unit == "B" or shown >= 100 else f"{shown:.1f} {unit}"
        shown /= 1000
    return f"{shown:.1f} GB"


FILTERS: Mapping[str, Callable[[Any], Any]] = {
    "initials": initials,
    "tint": tint,
    "file_size": file_size,
    # Whether a browser's own control can show it; what somebody wrote in another form is kept as it is.
    "is_day": lambda written: _DAY.fullmatch(str(written)) is not None,
    "is_moment": lambda written: _MOMENT.fullmatch(str(written)) is not None,
}
