from pathlib import Path

import pytest
from ruamel.yaml import YAML
from synapse.config.appservice import load_appservices

from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.matrix.registration import AppserviceRegistration, is_exposed


@pytest.fixture
def registration() -> AppserviceRegistration:
    return AppserviceRegistration.create(
        url="http://127.0.0.1:9009", server_name="example.org", prefix="livechat"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registration.yaml"


def _tokens(registration: AppserviceRegistration) -> set[str]:
    return {registration.as_token.get_secret_value(), registration.hs_token.get_secret_value()}


def test_synapse_accepts_the_file_as_we_mean_it(registration: AppserviceRegistration, file: Path) -> None:
    registration.save(file)
    [service] = load_appservices("example.org", [str(file)])
    assert str(service.sender) == "@livechat:example.org"
    assert service.is_exclusive_user("@livechat:example.org")
    assert service.is_exclusive_user("@livechat_support_c12:example.org")
    assert service.is_exclusive_alias("#livechat_support:example.org")
    assert not service.is_exclusive_user("@livechatter:example.org")
    assert not service.is_exclusive_user("@livechat_support:exampleXorg")
    assert not service.is_exclusive_user("@livechat:example.org.evil.com")
    assert not service.is_exclusive_user("@livechat_support:example.org.evil.com")
    assert not service.is_exclusive_alias("#livechat_support:example.org.evil.com")
    assert service.supports_ephemeral
    assert service.msc4190_device_management
    assert not service.is_rate_limited()
    assert {service.token, service.hs_token} == _tokens(registration)


def test_the_file_has_every_key_the_homeserver_looks_for(
    registration: AppserviceRegistration, file: Path
) -> None:
    registration.save(file)
    content = YAML(typ="safe", pure=True).load(file)
    assert content["rate_limited"] is False
    assert content["receive_ephemeral"] is True
    assert content["de.sorunome.msc2409.push_ephemeral"] is True
    assert content["io.element.msc4190"] is True


def test_what_is_saved_is_loaded(registration: AppserviceRegistration, file: Path) -> None:
    registration.save(file)
    assert AppserviceRegistration.load(file) == registration


def test_every_registration_has_its_own_tokens(registration: AppserviceRegistration) -> None:
    other = AppserviceRegistration.create(url="http://h", server_name="example.org", prefix="livechat")
    assert len(_tokens(registration) | _tokens(other)) == 4
    assert all(len(token) >= 64 for token in _tokens(registration))


def test_no_token_shows_when_printed(registration: AppserviceRegistration) -> None:
    printed = f"{registration!r} {registration} {registration.model_dump()}"
    assert not any(token in printed for token in _tokens(registration))


def test_only_the_owner_may_read_the_file(registration: AppserviceRegistration, file: Path) -> None:
    registration.save(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert not is_exposed(file)
    file.chmod(0o644)
    assert is_exposed(file)


def test_saving_again_closes_the_file_to_strangers_but_not_to_its_group(
    registration: AppserviceRegistration, file: Path
) -> None:
    registration.save(file)
    file.chmod(0o664)
    registration.save(file)
    assert file.stat().st_mode & 0o777 == 0o640


def test_an_update_keeps_tokens_and_foreign_keys(registration: AppserviceRegistration, file: Path) -> None:
    registration.save(file)
    file.write_text(file.read_text().replace("io.element.msc4190: true\n", "org.example.key: [1]\n"))
    old = AppserviceRegistration.load(file)
    new = old.brought_up_to_date(url="http://new", server_name="new.org", prefix="desk")
    assert _tokens(new) == _tokens(registration)
    assert (new.id, new.url, new.sender_localpart) == ("livechat", "http://new", "desk")
    assert new.owns("@desk_it:new.org")
    assert not new.owns("@livechat:example.org")
    new.save(file)
    content = YAML(typ="safe", pure=True).load(file)
    assert content["org.example.key"] == [1]
    assert content["io.element.msc4190"] is True


def test_an_update_without_a_change_changes_nothing(registration: AppserviceRegistration) -> None:
    same = registration.brought_up_to_date(
        url="http://127.0.0.1:9009", server_name="example.org", prefix="livechat"
    )
    assert same == registration


def test_no_name_of_a_longer_server_is_ours(registration: AppserviceRegistration) -> None:
    assert registration.owns("@livechat_support:example.org")
    assert not registration.owns("@livechat_support:example.org.evil.com")


def test_a_registration_with_open_ends_is_told_and_brought_up_to_date(
    registration: AppserviceRegistration, file: Path
) -> None:
    registration.save(file)
    file.write_text(file.read_text().replace(r"example\.org$", r"example\.org"))
    old = AppserviceRegistration.load(file)
    assert old.owns("@livechat_support:example.org.evil.com")
    new = old.brought_up_to_date(url="http://127.0.0.1:9009", server_name="example.org", prefix="livechat")
    assert old.differences(new) == ["namespaces"]
    assert new == registration


@pytest.mark.parametrize("number", range(3))
def test_a_prefix_with_marks_matches_only_itself(number: int) -> None:
    prefix = ["live.chat", "live-chat", "l_c"][number]
    registration = AppserviceRegistration.create(url="http://h", server_name="a.b:8448", prefix=prefix)
    assert registration.owns(f"@{prefix}:a.b:8448")
    assert registration.owns(f"@{prefix}_x:a.b:8448")
    assert not registration.owns("@liveXchat:a.b:8448")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id: [\nas_token: sesame\n", "not valid YAML"),
        ("as_token: sesame\n\tb: c\n", "line 2"),
        ("sesame", "should be"),
        ("", "should be"),
        ("id: a\nurl: b\nas_token: sesame\nsender_localpart: c\nnamespaces: {}\n", "hs_token"),
        ("id: a\nurl: b\nas_token: sesame\nhs_token: ''\nsender_localpart: c\nnamespaces: {}\n", "hs_token"),
        ("id: a\nurl: b\nas_token: sesame\nhs_token: 1\nsender_localpart: c\nnamespaces: {}\n", "hs_token"),
    ],
)
def test_a_broken_file_is_refused_without_its_tokens(file: Path, content: str, message: str) -> None:
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        AppserviceRegistration.load(file)
    assert caught.value.file == str(file)
    assert "sesame" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_missing_file_tells_what_makes_it(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="livechat install"):
        AppserviceRegistration.load(file)
