"""Finding and loading hooks: switches, settings, and every mistake told by its name."""

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from livechat_plugin import Hook, HookSettings, hookimpl, plugins
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import HookSwitch, find_hooks, hook_class_of, load_hooks
from tests.unit.test_hookcalls import WHO

HELLO = """
from pydantic import Field
from livechat_plugin import Hook, HookSettings, hookimpl

class HelloSettings(HookSettings):
    words: str = Field(default="Hello", max_length=10)
    times: int = 1

class Hello(Hook[HelloSettings]):
    settings_model = HelloSettings

    @hookimpl
    def livechat_choose_greeting(self) -> str:
        return self.settings.words * self.settings.times
"""
EMPTY = "class Nothing: pass\n"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return folder(tmp_path / "shipped", hello=HELLO)


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, source in files.items():
        (path / f"{name}.py").write_text(source)
    return path


def switched(**settings: object) -> dict[str, HookSwitch]:
    return {"hello": HookSwitch(settings=settings)}


async def greeting(found: list[plugins.FoundHook], switches: dict[str, HookSwitch]) -> str | None:
    return await Hooks(load_hooks(found, switches)).choose("livechat_choose_greeting", str, **WHO)


async def test_a_hook_is_on_unless_it_is_switched_off(shipped: Path) -> None:
    found = find_hooks(shipped)
    assert await greeting(found, {}) == "Hello"
    assert await greeting(found, {"hello": HookSwitch(is_enabled=False)}) is None


def test_a_hook_that_is_off_is_not_even_imported(tmp_path: Path) -> None:
    found = find_hooks(folder(tmp_path / "hooks", bomb="raise SystemError('boom')"))
    manager = load_hooks(found, {"bomb": HookSwitch(is_enabled=False)})
    assert manager.list_name_plugin() == []
    with pytest.raises(
        ConfigurationError, match="SystemError: boom; mend it or set enabled = false"
    ) as error:
        load_hooks(found, {})
    assert error.value.key == "hooks.bomb"


async def test_a_hook_has_its_settings(shipped: Path) -> None:
    assert await greeting(find_hooks(shipped), switched(words="Hi", times=2)) == "HiHi"


@pytest.mark.parametrize(
    ("settings", "key", "reason"),
    [
        ({"wrods": "Hi"}, "hooks.hello.wrods", "unknown key; did you mean 'words'?"),
        ({"x": "Hi"}, "hooks.hello.x", "unknown key; the keys are: words, times"),
        ({"times": "many"}, "hooks.hello.times", "valid integer"),
        ({"words": "much too long"}, "hooks.hello.words", "at most 10 characters"),
    ],
)
def test_wrong_settings_name_the_key(
    shipped: Path, settings: dict[str, object], key: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_hooks(find_hooks(shipped), switched(**settings), "my.toml")
    assert (error.value.file, error.value.key) == ("my.toml", key)
    assert reason in error.value.reason


def test_settings_of_a_hook_without_any_are_refused(tmp_path: Path) -> None:
    source = "from livechat_plugin import Hook, HookSettings\nclass Plain(Hook[HookSettings]): pass\n"
    found = find_hooks(folder(tmp_path / "hooks", plain=source))
    with pytest.raises(ConfigurationError, match="unknown key; the keys are: none"):
        load_hooks(found, {"plain": HookSwitch(settings={"x": 1})})


def test_a_section_for_a_hook_that_does_not_exist_gets_a_suggestion(shipped: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such hook; did you mean 'hello'"):
        load_hooks(find_hooks(shipped), {"helo": HookSwitch()})
    with pytest.raises(ConfigurationError, match="there is no such hook; the hooks are: hello"):
        load_hooks(find_hooks(shipped), {"xyz": HookSwitch()})


async def test_folders_are_asked_before_what_ships(shipped: Path, tmp_path: Path) -> None:
    own = folder(tmp_path / "own", another=HELLO.replace('"Hello"', '"Ahoy"'), _draft="1 / 0")
    found = find_hooks(shipped, [own])
    assert [(hook.name, hook.is_bundled) for hook in found] == [("hello", True), ("another", False)]
    assert await greeting(found, {}) == "Ahoy"


def test_two_hooks_of_one_name_are_refused(shipped: Path, tmp_path: Path) -> None:
    own = folder(tmp_path / "own", hello=HELLO)
    with pytest.raises(ConfigurationError, match="defines a hook of this name already") as error:
        find_hooks(shipped, [own])
    assert error.value.key == "hooks.hello"


def test_a_folder_that_does_not_exist_is_refused(shipped: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        find_hooks(shipped, [tmp_path / "missing"])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("class Nothing: pass", "exactly one class derived from Hook, not 0"),
        (HELLO + "\nclass Second(Hello): pass", "exactly one class derived from Hook, not 2"),
        ("from livechat_plugin import Hook", "not 0"),
        ("def broken(:", "SyntaxError"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        (HELLO.replace("choose_greeting", "choose_greting"), "livechat_choose_greting"),
        (HELLO.replace("_greeting(self)", "_greeting(self, weather)"), "weather"),
        (
            HELLO.replace("@hookimpl", "@hookimpl(wrapper=True)").replace("return", "yield\n        return"),
            "wrapper",
        ),
    ],
)
def test_a_hook_that_cannot_work_is_told_by_its_name(tmp_path: Path, source: str, reason: str) -> None:
    found = find_hooks(folder(tmp_path / "hooks", wrong=source))
    with pytest.raises(ConfigurationError, match=reason) as error:
        load_hooks(found, {})
    assert error.value.key == "hooks.wrong"


class Packaged(Hook[HookSettings]):
    """Stands for a hook in a package of somebody else's."""

    @hookimpl
    def livechat_choose_greeting(self) -> str:
        return "from a package"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = EntryPoints(
        [
            EntryPoint("packaged", f"{__name__}:Packaged", plugins.ENTRY_POINT_GROUP),
            EntryPoint("no_hook", f"{__name__}:HELLO", plugins.ENTRY_POINT_GROUP),
        ]
    )
    monkeypatch.setattr(plugins, "entry_points", lambda group: points.select(group=group))


@pytest.mark.usefixtures("installed")
async def test_installed_packages_bring_hooks_by_entry_point(shipped: Path) -> None:
    found = find_hooks(shipped)
    assert [hook.name for hook in found] == ["hello", "packaged", "no_hook"]
    assert await greeting(found, {"no_hook": HookSwitch(is_enabled=False)}) == "from a package"


@pytest.mark.usefixtures("installed")
def test_an_entry_point_that_is_no_hook_is_refused(shipped: Path) -> None:
    with pytest.raises(ConfigurationError, match="exactly one class derived from Hook"):
        load_hooks(find_hooks(shipped), {})


def test_what_ships_can_be_loaded() -> None:
    found = find_hooks(Path(__file__).parents[2] / "hooks")
    assert {hook.name for hook in found} >= {"first_response", "greeting"}
    for hook in found:
        assert hook_class_of(hook).__doc__
    load_hooks(found, {})
