"""What we build on: every version is fixed, nobody's license binds who runs it, and holes are looked for (SEC-BUILD)."""

import importlib.metadata
import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|0BSD|Zlib|CC0|MPL|Mozilla|HPND|Internet Systems Consortium)\b",
    re.IGNORECASE,
)
BINDING = re.compile(
    r"(?<![A-Z])(A?GPL|AGPLv3|GPLv[23]|SSPL|BUSL|Commons Clause|GNU (Affero )?General)", re.IGNORECASE
)
NAMELESS: dict[str, str] = {}
"""Libraries that do not say in their metadata what their license is, and what stands in their license file."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {plain(line.partition("==")[0]): line for line in map(str.strip, lines) if line and line[0] != "#"}


@cache
def needed(extra: str = "") -> frozenset[str]:
    """Everything that is installed with the plugin, over however many steps."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [("livechat-plugin", frozenset({extra}))]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        try:
            requires = importlib.metadata.requires(one[0]) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # of another platform or extra
        for requirement in map(Requirement, requires):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in one[1]):
                waiting += [(plain(requirement.name), frozenset(requirement.extras) or frozenset({""}))]
    return frozenset(name for name, _ in found) - {"livechat-plugin"}


def test_every_version_is_fixed() -> None:
    loose = [line for line in pins().values() if not re.match(r"^[\w.\[\]-]+==[\w.!+]+( *;.*)?$", line)]
    assert loose == []


def test_everything_that_is_installed_has_a_fixed_version() -> None:
    assert {name for name in needed("dev") if name not in pins()} - {"setuptools", "pip"} == set()


def test_the_fixed_versions_are_those_that_we_say_we_need() -> None:
    told = importlib.metadata.requires("livechat-plugin") or []
    for requirement in map(Requirement, told):
        fixed = pins().get(plain(requirement.name))
        if fixed is not None:
            version = fixed.partition("==")[2].partition(";")[0].strip()
            assert SpecifierSet(str(requirement.specifier)).contains(version, prereleases=True), requirement


@pytest.mark.parametrize("name", sorted(needed()))
def test_what_runs_in_the_plugin_binds_nobody(name: str) -> None:
    try:
        metadata: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not of this platform")
    said = [
        metadata.get("License-Expression") or "",
        (metadata.get("License") or "")[:200],
        NAMELESS.get(name, ""),
    ]
    said += [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    words = " / ".join(said)
    assert PERMISSIVE.search(words), f"{name}: {words}"
    assert not BINDING.search(words) or re.search(r"\bOR\b", words), f"{name}: {words}"


# --- the audit itself ---


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SKIPPED = {"name": "a", "skip_reason": "Dependency not found"}
SOUND = {"name": "b", "version": "1", "vulns": []}
HOLED = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("told", "holes", "how"),
    [
        (None, 0, "NOTHING WAS AUDITED"),
        ({"dependencies": []}, 0, "NOTHING WAS AUDITED"),
        ({"dependencies": [SKIPPED]}, 0, "NOTHING WAS AUDITED"),
        ({"dependencies": [SOUND, SKIPPED]}, 0, "1 libraries looked at, 1 unknown"),
        ({"dependencies": [SOUND, HOLED]}, 1, "2 libraries looked at"),
    ],
)
def test_a_hole_is_found_and_no_answer_is_no_proof(
    audit: ModuleType, told: Any, holes: int, how: str
) -> None:
    found, said = audit.python_holes(told)
    assert (len(found), how in said) == (holes, True)


def test_the_same_holds_for_the_pages(audit: ModuleType) -> None:
    assert audit.npm_holes({"message": "405"}) == ([], audit.UNREACHABLE)
    told = {
        "vulnerabilities": {"x": {"severity": "high", "range": "<2"}},
        "metadata": {"dependencies": {"total": 9}},
    }
    assert audit.npm_holes(told) == (["x: high, <2"], "9 libraries looked at")


def test_versions_of_the_pages_are_fixed_with_their_digests() -> None:
    import json

    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    loose = [
        name
        for name, one in lock["packages"].items()
        if name and not one.get("link") and "integrity" not in one
    ]
    assert loose == []
