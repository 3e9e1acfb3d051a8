"""Whether what we build on has known holes: `make audit`.

Asks pip-audit for everything in constraints.txt, and npm for frontend/package-lock.json. A known hole fails. Advisories
that cannot be reached, as in a network without access to them, are no holes and no proof either: that is said, loudly.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 300
UNREACHABLE = "the advisories could not be reached: NOTHING WAS AUDITED"

sys.path.insert(0, str(ROOT / "frontend"))


def _run(*command: str, folder: Path = ROOT) -> Any:
    """What a program answers as JSON; None if it answers nothing like it."""
    try:
        ran = subprocess.run(  # noqa: S603 - our own words
            command, cwd=folder, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
        )
        return json.loads(ran.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def python_holes(told: Any) -> tuple[list[str], str]:
    """The known holes that pip-audit tells of, and how much was looked at."""
    libraries = told.get("dependencies") if isinstance(told, dict) else None
    asked = [library for library in libraries or [] if "skip_reason" not in library]
    if not libraries or not asked:
        return [], UNREACHABLE
    holes = [
        f"{library['name']} {library['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none yet'}"
        for library in asked
        for hole in library["vulns"]
    ]
    left_out = len(libraries) - len(asked)
    return holes, f"{len(asked)} libraries looked at" + (f", {left_out} unknown there" if left_out else "")


def npm_holes(told: Any) -> tuple[list[str], str]:
    """The known holes that npm tells of, and how much was looked at."""
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        return [], UNREACHABLE
    holes = [f"{name}: {hole['severity']}, {hole['range']}" for name, hole in told["vulnerabilities"].items()]
    total = told.get("metadata", {}).get("dependencies", {}).get("total", 0)
    return holes, f"{total} libraries looked at"


def main() -> int:
    """1 if there is a known hole."""
    from assets import find_node  # type: ignore[import-not-found]  # noqa: PLC0415 - frontend/assets.py

    pip = (
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        "constraints.txt",
        "--no-deps",
        "--disable-pip",
    )
    results = {"Python": python_holes(_run(*pip, "--format", "json", "--progress-spinner", "off"))}
    node = find_node()
    if node is None:
        results["npm"] = [], "there is no Node: NOTHING WAS AUDITED"
    else:
        npm = (*node.npm, "audit", "--package-lock-only", "--json")
        results["npm"] = npm_holes(_run(*npm, folder=ROOT / "frontend"))
    for what, (holes, how) in results.items():
        print(f"audit of {what}: {how}; {len(holes)} known holes")
        for hole in holes:
            print(f"  {hole}")
    return int(any(holes for holes, _ in results.values()))


if __name__ == "__main__":
    sys.exit(main())
