"""Puts the console's pages into every wheel, the editable ones of `make` too."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _assets() -> ModuleType:
    file = Path(__file__).resolve().parent / "frontend" / "assets.py"
    spec = importlib.util.spec_from_file_location("livechat_frontend_assets", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontendHook(BuildHookInterface[Any]):
    """Runs before a wheel or sdist is made. Skips what is up to date, such as in an sdist, which holds both."""

    def dependencies(self) -> list[str]:
        """Node, where something is to be built and the machine has none: pip fetches it for the build only."""
        assets = _assets()
        return [] if assets.is_current() or assets.find_node() else [assets.NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # not ours to name
        """Build."""
        assets = _assets()
        try:
            assets.build()
        except assets.NotBuilt as reason:
            raise SystemExit(f"\n{reason}\n") from None
