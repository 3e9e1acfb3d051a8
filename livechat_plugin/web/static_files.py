"""The built styles, scripts, icons and typefaces of the pages, served from memory.

Their names change with their content (`console-1A2B3C4D.js`), so browsers keep them for ever, and a page that was made
before an upgrade never meets a script of after it.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from livechat_plugin.core.errors import LivechatError

SHIPPED = Path(__file__).parent / "assets"
PATH = "/assets"
"""Where they are mounted."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_VARIANTS = (("br", ".br"), ("gzip", ".gz"))
"""Encodings with the endings of their files, the best one first."""

_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?")


class AssetsMissing(LivechatError):
    """The pages' styles and scripts were not built."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The console's styles and scripts are missing from {folder}: build them with `make assets` (or "
            "`python frontend/assets.py`), or install a finished wheel, which holds them."
        )


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    variants: dict[str, bytes]
    """By encoding; `identity` is always there."""


class Assets:
    """What `frontend/` was built into.

    Args:
        names: file names by logical names.
        files: contents by file names.
    """

    def __init__(self, names: dict[str, str], files: dict[str, _File]) -> None:
        self._names = names
        self._files = files

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read everything, once; it is less than a megabyte.

        Raises:
            AssetsMissing: there is nothing, or not everything.
        """
        try:
            names = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
            return cls(names, {name: _read(folder / name) for name in names.values()})
        except (OSError, ValueError, KeyError):
            raise AssetsMissing(folder) from None

    def url(self, name: str) -> str:
        """The address of a file by its logical name, such as `console.css`.

        Raises:
            LookupError: there is none; a template is wrong.
        """
        return f"{PATH}/{self._names[name]}"

    def application(self) -> Router:
        """Serves them, mounted at `PATH`. Public: it is the same for everybody."""
        return Router([Route("/{name}", self._serve, methods=["GET"])])

    async def _serve(self, request: Request) -> Response:
        file = self._files.get(request.path_params["name"])
        if file is None:
            return PlainTextResponse("There is no such file.", 404, headers={"cache-control": "no-store"})
        encoding = _chosen(request.headers.get("accept-encoding", ""), file.variants)
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
            # An SVG opened by itself is a document.
            "content-security-policy": "default-src 'none'",
            **({"content-encoding": encoding} if encoding != "identity" else {}),
        }
        return Response(file.variants[encoding], media_type=file.media_type, headers=headers)


@cache
def shipped_assets() -> Assets:
    """Those that ship with this installation.

    Raises:
        AssetsMissing: it is a checkout in which they were not built.
    """
    return Assets.of(SHIPPED)


def _read(path: Path) -> _File:
    variants = {"identity": path.read_bytes()}
    for encoding, ending in _VARIANTS:
        variant = path.with_name(path.name + ending)
        if variant.exists():
            variants[encoding] = variant.read_bytes()
    return _File(_TYPES[path.suffix], variants)


def takes(accepted: str, encoding: str) -> bool:
    """Whether a browser that sends this as `accept-encoding` takes answers in an encoding."""
    weights = {}
    for part in accepted.lower().split(","):
        if found := _CODING.fullmatch(part):
            weights[found[1]] = _weight(found[2])
    return weights.get(encoding, weights.get("*", 0)) > 0


def _chosen(accepted: str, variants: dict[str, bytes]) -> str:
    """The best variant that the browser takes."""
    for encoding, _ in _VARIANTS:
        if encoding in variants and takes(accepted, encoding):
            return encoding
    return "identity"


def _weight(written: str | None) -> float:
    try:
        return 1.0 if written is None else float(written)
    except ValueError:
        return 0.0
