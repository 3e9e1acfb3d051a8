import os
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.settings import load_settings

# As Synapse generates it: two ways to indent a list, secrets, and no line end at the end.
_HOMESERVER = """\
# Configuration file for Synapse.
server_name: "example.org"  # never change this
pid_file: /var/run/homeserver.pid
listeners:
  - bind_addresses:
    - ::1
    - 127.0.0.1
    port: 8018
    resources:
    - compress: false
      names:
      - client
      - federation
    tls: false
    type: http
registration_shared_secret: 'sesame'
# rc_message:   the limits
#   per_second: 1
trusted_key_servers:
  - server_name: "matrix.org"


# vim:ft=yaml"""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("LIVECHAT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def homeserver(tmp_path: Path) -> Path:
    file = tmp_path / "homeserver.yaml"
    file.write_text(_HOMESERVER)
    file.chmod(0o640)
    return file


def _install(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["install", *arguments])


def _installed(*arguments: str) -> str:
    result = _install(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def _with_names(*arguments: str) -> str:
    return _installed("--server-name", "example.org", "--homeserver-url", "http://127.0.0.1:8018", *arguments)


def _everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def _registration(folder: Path) -> AppserviceRegistration:
    return AppserviceRegistration.load(folder / "livechat-registration.yaml")


def _registered(homeserver: Path) -> list[str]:
    content = YAML(typ="safe", pure=True).load(homeserver.read_text())
    listed: list[str] = content["app_service_config_files"]
    return listed


def test_a_first_installation_makes_both_files_and_tells_what_to_add(tmp_path: Path) -> None:
    output = _with_names("--address", "http://10.0.0.2:9009", "--administrator", "@ada:example.org")
    settings = load_settings(tmp_path / "plugin.toml")
    assert settings.homeserver.url == "http://127.0.0.1:8018"
    assert settings.homeserver.server_name == "example.org"
    assert settings.web.address == "http://10.0.0.2:9009"
    assert settings.access.administrators == ["@ada:example.org"]
    assert _registration(tmp_path).url == "http://10.0.0.2:9009"
    assert _registration(tmp_path).owns("@livechat_support:example.org")
    assert f"app_service_config_files:\n  - {tmp_path}/livechat-registration.yaml\n" in output
    assert "Restart the homeserver" in output


def test_the_registration_is_private_and_the_comments_of_the_template_stay(tmp_path: Path) -> None:
    _with_names()
    assert (tmp_path / "livechat-registration.yaml").stat().st_mode & 0o777 == 0o600
    assert "# Where the homeserver reaches the plugin." in (tmp_path / "plugin.toml").read_text()


def test_no_output_shows_a_token(tmp_path: Path, homeserver: Path) -> None:
    output = _with_names() + _with_names("--address", "http://h:1") + _installed("--write", str(homeserver))
    registration = _registration(tmp_path)
    assert registration.as_token.get_secret_value() not in output
    assert registration.hs_token.get_secret_value() not in output
    assert "sesame" not in output


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    _with_names("--administrator", "@ada:example.org")
    before = _everything(tmp_path)
    assert "Everything is in place" in _with_names("--administrator", "@ada:example.org")
    assert "Everything is in place" in _installed()
    assert _everything(tmp_path) == before


def test_writing_twice_changes_nothing(tmp_path: Path, homeserver: Path) -> None:
    assert "Restart the homeserver" in _installed("--write", str(homeserver))
    before = _everything(tmp_path)
    output = _installed("--write", str(homeserver))
    assert "Everything is in place." in output
    assert "Restart" not in output
    assert _everything(tmp_path) == before


def test_the_names_are_read_from_the_homeserver(tmp_path: Path, homeserver: Path) -> None:
    _installed("--write", str(homeserver))
    settings = load_settings(tmp_path / "plugin.toml")
    assert settings.homeserver.url == "http://127.0.0.1:8018"
    assert settings.homeserver.server_name == "example.org"


def test_the_homeserver_file_only_gains_lines_and_the_old_one_is_kept(
    tmp_path: Path, homeserver: Path
) -> None:
    _installed("--write", str(homeserver))
    added = f"\napp_service_config_files:\n  - {tmp_path}/livechat-registration.yaml\n"
    assert homeserver.read_text() == _HOMESERVER + added
    assert homeserver.stat().st_mode & 0o777 == 0o640
    backup = tmp_path / "homeserver.yaml.before-livechat"
    assert backup.read_text() == _HOMESERVER
    assert backup.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "listed",
    [
        "app_service_config_files:\n  - /a.yaml\n  # the bridge\n  - '/b.yaml'  # quoted\n# next\nx: 1\n",
        "app_service_config_files:\n- /a.yaml\n- /b.yaml\nx: 1\n",
        'app_service_config_files: ["/a.yaml", /b.yaml]  # [both]\nx: 1\n',
    ],
)
def test_registrations_of_others_stay_as_they_are(homeserver: Path, listed: str) -> None:
    homeserver.write_text(f"{listed}{_HOMESERVER}\n")
    _installed("--write", str(homeserver))
    assert _registered(homeserver)[:2] == ["/a.yaml", "/b.yaml"]
    assert len(_registered(homeserver)) == 3
    text = homeserver.read_text()
    assert all(line in text for line in ("# never change this", "    - ::1\n", "# vim:ft=yaml"))
    assert [part for part in ("# the bridge", "# quoted", "# next", "# [both]") if part in listed] == [
        part for part in ("# the bridge", "# quoted", "# next", "# [both]") if part in text
    ]


@pytest.mark.parametrize("value", ["", " []", " null", " ~  # none yet", " [ ]"])
def test_an_empty_list_is_filled(tmp_path: Path, homeserver: Path, value: str) -> None:
    homeserver.write_text(f"app_service_config_files:{value}\n{_HOMESERVER}")
    _installed("--write", str(homeserver))
    assert _registered(homeserver) == [str(tmp_path / "livechat-registration.yaml")]


def test_a_list_written_in_an_unusual_way_is_left_alone(homeserver: Path) -> None:
    content = f"app_service_config_files: [\n  /a.yaml\n]\n{_HOMESERVER}"
    homeserver.write_text(content)
    result = _install("--write", str(homeserver))
    assert result.exit_code == 2
    assert "app_service_config_files: is written in an unusual way" in result.stderr
    assert homeserver.read_text() == content


def test_a_changed_address_reaches_the_registration_and_the_tokens_stay(tmp_path: Path) -> None:
    _with_names()
    before = _registration(tmp_path)
    output = _installed("--address", "https://chat.example.org")
    after = _registration(tmp_path)
    assert after.url == "https://chat.example.org"
    assert (after.as_token, after.hs_token) == (before.as_token, before.hs_token)
    assert "url; the tokens are the same" in output
    assert "Restart the homeserver" in output


def test_a_changed_prefix_reaches_the_registration(tmp_path: Path) -> None:
    _with_names()
    config = tmp_path / "plugin.toml"
    config.write_text(config.read_text().replace('user_prefix = "livechat"', 'user_prefix = "desk"'))
    output = _installed()
    assert _registration(tmp_path).owns("@desk:example.org")
    assert "sender_localpart, namespaces; the tokens are the same" in output


def test_a_running_homeserver_must_be_restarted_after_a_change(homeserver: Path) -> None:
    _installed("--write", str(homeserver))
    output = _installed("--write", str(homeserver), "--address", "http://10.0.0.2:9009")
    assert f"in place  {homeserver}" in output
    assert "Restart the homeserver" in output


def test_values_that_were_not_given_are_left_alone(tmp_path: Path) -> None:
    _with_names("--administrator", "@ada:example.org")
    config = tmp_path / "plugin.toml"
    config.write_text(config.read_text().replace("listen_port = 9009", "listen_port = 9010  # mine"))
    _installed("--administrator", "@bob:example.org")
    settings = load_settings(config)
    assert settings.access.administrators == ["@ada:example.org", "@bob:example.org"]
    assert "listen_port = 9010  # mine" in config.read_text()


def test_what_a_new_configuration_lacks_is_named(tmp_path: Path) -> None:
    result = _install()
    assert result.exit_code == 2
    hint = "(--write homeserver.yaml reads it from there)"
    assert result.stderr.splitlines() == [
        f"error: plugin.toml: homeserver.url: is not known: give --homeserver-url {hint}",
        f"error: plugin.toml: homeserver.server_name: is not known: give --server-name {hint}",
    ]
    assert list(tmp_path.iterdir()) == []


def test_refused_values_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    result = _install("--server-name", "https://x", "--homeserver-url", "h", "--administrator", "@ada")
    assert result.exit_code == 2
    assert [line.split(": ")[:3] for line in result.stderr.splitlines()] == [
        ["error", "plugin.toml", "homeserver.url"],
        ["error", "plugin.toml", "homeserver.server_name"],
        ["error", "plugin.toml", "access.administrators[0]"],
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [("a: [", "is not valid YAML"), ("a: 1", "server_name: is missing"), ("", "server_name: is missing")],
)
def test_a_file_that_is_no_homeserver_yaml_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(content)
    result = _install("--write", str(file))
    assert result.exit_code == 2
    assert reason in result.stderr
    assert file.read_text() == content


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "plugin.toml"
    result = _install("-c", str(missing), "--server-name", "a.org", "--homeserver-url", "http://h")
    assert result.exit_code == 2
    assert f"error: {missing}: cannot be written: No such file" in result.stderr


def test_the_configuration_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etc").mkdir()
    monkeypatch.setenv("LIVECHAT_CONFIG", str(tmp_path / "etc" / "my.toml"))
    _with_names()
    assert {file.name for file in (tmp_path / "etc").iterdir()} == {"my.toml", "livechat-registration.yaml"}


def test_an_address_that_only_the_environment_knows_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_HOMESERVER__URL", "http://synapse:8008")
    monkeypatch.setenv("LIVECHAT_HOMESERVER__SERVER_NAME", "example.org")
    _installed()
