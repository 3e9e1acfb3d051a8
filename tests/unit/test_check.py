"""What `livechat check` finds without a homeserver; tests/integration/test_check.py has one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin.cli import app
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.diagnosis.ping import explain
from livechat_plugin.diagnosis.refusals import Refusal, as_refusal
from livechat_plugin.settings import load_settings

NOBODY_LISTENS = "http://127.0.0.1:19"


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def livechat(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def check(*expected: str) -> str:
    """Run the check, which fails as there is no homeserver, and return what it says."""
    result = livechat("check")
    assert result.exit_code == 1, result.output
    for line in expected:
        assert line in result.output
    return result.output


@pytest.fixture
def installed() -> None:
    result = livechat("install", "--homeserver-url", NOBODY_LISTENS, "--server-name", "example.org")
    assert result.exit_code == 0, result.output


def change(file: str, old: str, new: str) -> None:
    text = Path(file).read_text()
    assert old in text
    Path(file).write_text(text.replace(old, new))


def test_nothing_is_installed() -> None:
    check("✗ configuration: plugin.toml does not exist → `livechat install` makes it")


@pytest.mark.usefixtures("installed")
def test_everything_here_is_right_and_the_homeserver_is_down() -> None:
    output = check(
        "✓ configuration",
        "! configuration: nobody is an administrator",
        "✓ hooks: loaded: assigned_to, first_response, greeting, local_apps",
        "✓ database",
        "✓ registration",
        "✓ web address",
        f"✗ homeserver: {NOBODY_LISTENS} does not answer",
    )
    assert output.count("✗") == 1
    assert not Path("livechat.db").exists(), "a check changes nothing"


@pytest.mark.usefixtures("installed")
def test_every_refused_value_is_told() -> None:
    change("plugin.toml", "listen_port = 9009", "listen_port = 90090\nlisten_prot = 1")
    output = check("✗ configuration")
    assert "web.listen_port" in output
    assert "web.listen_prot" in output


@pytest.mark.usefixtures("installed")
def test_a_database_without_a_folder() -> None:
    change("plugin.toml", "sqlite:///livechat.db", "sqlite:///nowhere/livechat.db")
    check("✗ database: there is no folder")


@pytest.mark.usefixtures("installed")
def test_a_database_that_does_not_answer() -> None:
    change("plugin.toml", "sqlite:///livechat.db", "postgresql://livechat:sesame@127.0.0.1:9/livechat")
    assert "sesame" not in check("✗ database: postgresql://livechat:***@127.0.0.1:9/livechat")


@pytest.mark.usefixtures("installed")
def test_a_database_that_was_never_migrated_is_brought_up_to_date_at_start() -> None:
    Path("livechat.db").touch()
    check("✓ database: is brought up to date when the plugin starts")


@pytest.mark.usefixtures("installed")
def test_live_chats_that_nobody_could_set_up_yet() -> None:
    assert livechat("migrate").exit_code == 0
    check("! live chats: there are none yet")
    added = livechat("chats", "add", "support", "Customer Support", "--operator", "@anna:example.org")
    assert added.exit_code == 0, added.output
    check("! live chats: Customer Support is not set up on the homeserver yet")


@pytest.mark.usefixtures("installed")
def test_a_hook_that_cannot_be_loaded() -> None:
    change("plugin.toml", "hook_folders = []", 'hook_folders = ["mine"]')
    Path("mine").mkdir()
    Path("mine/broken.py").write_text("import no_such_module")
    check("✗ hooks: plugin.toml: hooks.broken", "no_such_module")


@pytest.mark.usefixtures("installed")
def test_an_app_without_an_account_field() -> None:
    change("plugin.toml", "hook_folders = []", 'hook_folders = ["mine"]')
    Path("mine").mkdir()
    Path("mine/parts.py").write_text(
        "from livechat_plugin import App, Field, FieldType, Hook, hookimpl\n"
        "class Parts(Hook):\n"
        "    @hookimpl\n"
        "    def livechat_register_message_apps(self):\n"
        "        return [App('parts', 'Parts', (Field('name', 'Name', FieldType.STRING),))]\n"
    )
    check("✓ hooks: loaded", "! hooks: The app 'Parts' has no field of the type Account", "neither be bound")


@pytest.mark.usefixtures("installed")
def test_a_registration_that_everybody_may_read() -> None:
    Path("livechat-registration.yaml").chmod(0o644)
    check("✗ registration: every user of this machine may read the tokens", "chmod 640")


@pytest.mark.usefixtures("installed")
def test_a_registration_that_is_missing() -> None:
    Path("livechat-registration.yaml").unlink()
    check("✗ registration: ", "run `livechat install`")


@pytest.mark.usefixtures("installed")
def test_a_registration_that_the_configuration_has_left_behind() -> None:
    change("plugin.toml", 'user_prefix = "livechat"', 'user_prefix = "desk"')
    check("does not match the configuration in: namespaces, sender_localpart")


@pytest.mark.usefixtures("installed")
def test_a_registration_without_typing_and_receipts() -> None:
    change("livechat-registration.yaml", "receive_ephemeral: true", "receive_ephemeral: false")
    check("! registration: ", "no typing and no read receipts")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (NOBODY_LISTENS, "https://matrix.invalid", "which means the homeserver's own machine"),
        ("http://127.0.0.1:9009", "http://plugin.invalid:9009", "the plugin listens on 127.0.0.1 only"),
    ],
)
def test_an_address_that_the_homeserver_cannot_reach(old: str, new: str, doubt: str) -> None:
    change("plugin.toml", old, new)
    check("! web address", doubt)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("address", "finding"),
    [
        ("http://127.0.0.1:9009", "! public address: web.public_address is http://127.0.0.1:9009: links to"),
        (
            "http://chat.example.org",
            "✗ public address: web.public_address is http://chat.example.org: whoever",
        ),
        ("https://example.org/chat", "✗ public address: web.public_address is https://example.org/chat: the"),
        ("https://chat.example.org", "✓ public address: https://chat.example.org"),
    ],
)
def test_the_address_of_the_console(address: str, finding: str) -> None:
    change("plugin.toml", 'public_address = "http://127.0.0.1:9009"', f'public_address = "{address}"')
    check(finding)


def test_the_code_of_a_refusal_is_found_in_either_exception() -> None:
    refused = HomeserverRefused("M_FORBIDDEN", "not yours", 403)
    assert as_refusal(refused) == Refusal("M_FORBIDDEN", "not yours")
    broken = HomeserverUnavailable("HTTP 502 M_BAD_STATUS: HTTP 403 Forbidden", is_reachable=True)
    assert as_refusal(broken) == Refusal("M_BAD_STATUS", "HTTP 403 Forbidden")
    assert as_refusal(HomeserverUnavailable("no answer")) == Refusal("", "no answer")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("errcode", "message", "words"),
    [
        ("M_BAD_STATUS", "HTTP 403 Forbidden", "the homeserver's token is refused"),
        ("M_BAD_STATUS", "HTTP 404 Not Found", "something else answers at http://127.0.0.1:9009"),
        ("M_URL_NOT_SET", "no URL", "another version of the registration"),
        ("M_FORBIDDEN", "another id", "another version of the registration"),
        ("M_UNRECOGNIZED", "", "too old"),
        ("M_UNKNOWN", "a surprise", "it failed: a surprise"),
    ],
)
async def test_what_the_homeserver_says_of_the_way_back(errcode: str, message: str, words: str) -> None:
    finding = await explain(Refusal(errcode, message), load_settings(Path("plugin.toml")))
    assert words in finding.fact
    assert finding.way_out
