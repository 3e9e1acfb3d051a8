import os
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.refused_settings import SettingsRefusedError, is_environment_only
from livechat_plugin.resources import bundled
from livechat_plugin.settings import DatabaseSettings, Settings, load_settings

_MINIMAL = '[homeserver]\nurl = "http://127.0.0.1:8008"\nserver_name = "example.org"\n'


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("LIVECHAT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plugin.toml"


def _refusal(file: Path, content: str) -> ConfigurationError:
    file.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    return caught.value


def test_the_template_says_the_defaults(file: Path) -> None:
    file.write_text(_MINIMAL)
    template = file.with_name("template.toml")
    template.write_text(bundled("plugin.toml").read_text())
    assert load_settings(template) == load_settings(file)


def test_the_template_has_every_key_with_a_comment() -> None:
    lines = bundled("plugin.toml").read_text().splitlines()
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert f"[{section}]" in lines
            for key, setting in model.model_fields.items():
                if is_environment_only(setting):
                    continue
                place = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
                assert lines[place - 1].startswith("#") or lines[place - 2].startswith("#")


def test_every_setting_is_described() -> None:
    for section, field in Settings.model_fields.items():
        assert field.description, section
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for key, setting in model.model_fields.items():
                assert setting.description, f"{section}.{key}"


def test_an_unknown_key_names_file_key_and_the_key_that_was_meant(file: Path) -> None:
    error = _refusal(file, _MINIMAL + 'sever_name = "x"\n')
    assert str(error) == f"{file}: homeserver.sever_name: unknown key: did you mean 'server_name'?"
    assert (error.file, error.key) == (str(file), "homeserver.sever_name")


def test_an_unknown_key_that_is_like_no_other_tells_which_exist(file: Path) -> None:
    error = _refusal(file, _MINIMAL + "[access]\nqqq = 1\n")
    assert error.reason == "unknown key: expected one of administrators"


def test_an_unknown_section_is_refused(file: Path) -> None:
    error = _refusal(file, _MINIMAL + "[acess]\nadministrators = []\n")
    assert (error.key, error.reason) == ("acess", "unknown key: did you mean 'access'?")


def test_a_key_that_the_library_would_take_for_itself_is_refused_too(file: Path) -> None:
    assert _refusal(file, '_env_file = "x"\n' + _MINIMAL).key == "_env_file"


def test_all_refused_values_are_told_at_once(file: Path) -> None:
    error = _refusal(
        file,
        '[homeserver]\nurl = "h"\n[web]\nlisten_port = 0\n[access]\nadministrators = ["@a:b", "@a"]\n',
    )
    assert isinstance(error, SettingsRefusedError)
    assert [problem.key for problem in error.problems] == [
        "homeserver.url",
        "homeserver.server_name",
        "web.listen_port",
        "access.administrators[1]",
    ]
    assert str(error).count("\n") == 3
    assert "not 0" in error.problems[2].reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("homeserver.url", "ftp://h"),
        ("homeserver.url", "http://u:pw@h"),
        ("homeserver.server_name", "https://example.org"),
        ("homeserver.user_prefix", "Live Chat"),
        ("homeserver.user_prefix", "a=b"),
        ("database.url", "mysql://h/n"),
        ("database.url", "sqlite:///"),
        ("database.url", "sqlite:///:memory:"),
        ("web.address", "127.0.0.1:9009"),
        ("web.listen_port", "70000"),
        ("access.administrators", "@ada"),
        ("access.administrators", "ada:example.org"),
        ("access.administrators", "-ops"),
        ("log.format", "xml"),
        ("log.level", "loud"),
        ("plugin.enabled", "perhaps"),
        ("hooks.greeting.enabled", "perhaps"),
    ],
)
def test_a_wrong_value_from_the_environment_names_the_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    variable = "LIVECHAT_" + key.upper().replace(".", "__")
    monkeypatch.setenv(variable, value)
    error = _refusal(file, _MINIMAL)
    assert error.file == f"environment variable {variable}"
    assert error.key.startswith(key)


@pytest.mark.parametrize("variable", ["LIVECHAT_DATABASE__URI", "LIVECHAT_DATABSE__URL"])
def test_a_misspelt_variable_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "sqlite:///x.db")
    error = _refusal(file, _MINIMAL)
    assert error.file == f"environment variable {variable}"
    assert "did you mean" in error.reason


def test_variables_that_an_orchestrator_sets_are_no_settings(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(_MINIMAL)
    monkeypatch.setenv("LIVECHAT_PORT", "tcp://10.0.0.1:9009")
    monkeypatch.setenv("LIVECHAT_CONFIG", str(file))
    assert load_settings(file).web.listen_port == 9009


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(_MINIMAL + '[web]\nlisten_port = 1\nlisten_host = "::1"\n[hooks.greeting]\ntext = "Hi"\n')
    monkeypatch.setenv("LIVECHAT_WEB__LISTEN_PORT", "2")
    monkeypatch.setenv("LIVECHAT_ACCESS__ADMINISTRATORS", "@ada:example.org, @bob:example.org")
    monkeypatch.setenv("LIVECHAT_PLUGIN__HOOK_FOLDERS", '["/hooks"]')
    monkeypatch.setenv("LIVECHAT_HOOKS__GREETING__ENABLED", "false")
    settings = load_settings(file)
    assert (settings.web.listen_port, settings.web.listen_host) == (2, "::1")
    assert settings.access.administrators == ["@ada:example.org", "@bob:example.org"]
    assert settings.plugin.hook_folders == [Path("/hooks")]
    assert not settings.hooks["greeting"].enabled
    assert settings.hooks["greeting"].options == {"text": "Hi"}


def test_no_refusal_repeats_a_password(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_DATABASE__URL", "mysql://me:sesame@h/n")
    error = _refusal(file, _MINIMAL)
    assert "sesame" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__
    monkeypatch.delenv("LIVECHAT_DATABASE__URL")
    monkeypatch.setenv("LIVECHAT_DATABASE", "postgresql://me:sesame@h/n")
    assert "sesame" not in str(_refusal(file, _MINIMAL))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"[homeserver\n", "is not valid TOML: "), (b"a = '\xff'\n", "is not valid TOML: ")],
)
def test_a_broken_file_is_refused_by_name(file: Path, content: bytes, reason: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    assert caught.value.file == str(file)
    assert caught.value.reason.startswith(reason)


def test_a_missing_file_tells_what_makes_it(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="livechat install"):
        load_settings(file)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(tmp_path)


def test_relative_paths_mean_the_folder_of_the_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[plugin]\nhook_folders = ["mine", "/abs"]\n' + _MINIMAL)
    monkeypatch.chdir("/")
    settings = load_settings(file)
    assert settings.plugin.hook_folders == [tmp_path / "mine", Path("/abs")]
    assert settings.homeserver.registration == tmp_path / "livechat-registration.yaml"
    assert settings.database.async_url == f"sqlite:///{tmp_path}/livechat.db"
    assert settings.database.is_embedded


def test_an_absolute_database_file_stays_where_it_is(file: Path) -> None:
    file.write_text(_MINIMAL + '[database]\nurl = "sqlite:////var/lib/livechat.db"\n')
    assert load_settings(file).database.async_url == "sqlite:////var/lib/livechat.db"


def test_a_postgresql_address_keeps_its_password_to_itself() -> None:
    database = DatabaseSettings(url="postgresql://me:sesame@db/livechat?password=sesame&ssl=on")
    assert database.async_url == "postgresql+asyncpg://me:sesame@db/livechat?password=sesame&ssl=on"
    assert database.printable_url == "postgresql://me:***@db/livechat?password=***&ssl=on"
    assert "sesame" not in repr(database)
    assert not database.is_embedded


def test_settings_cannot_be_changed(file: Path) -> None:
    file.write_text(_MINIMAL)
    with pytest.raises(ValidationError):
        load_settings(file).web.listen_port = 1  # type: ignore[misc]


def test_a_secret_comes_from_the_environment_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = _refusal(file, _MINIMAL + 'admin_token = "syt_secret"\n')
    assert error.key == "homeserver.admin_token"
    assert "LIVECHAT_HOMESERVER__ADMIN_TOKEN" in error.reason
    assert "syt_secret" not in str(error)
    monkeypatch.setenv("LIVECHAT_HOMESERVER__ADMIN_TOKEN", "syt_other")
    assert "syt_" not in str(_refusal(file, _MINIMAL + 'admin_token = "syt_secret"\n'))
    file.write_text(_MINIMAL)
    token = load_settings(file).homeserver.admin_token
    assert token is not None
    assert token.get_secret_value() == "syt_other"
    assert "syt_other" not in repr(load_settings(file))


def test_an_empty_secret_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_HOMESERVER__ADMIN_TOKEN", "")
    error = _refusal(file, _MINIMAL)
    assert (error.file, error.key) == (
        "environment variable LIVECHAT_HOMESERVER__ADMIN_TOKEN",
        "homeserver.admin_token",
    )
