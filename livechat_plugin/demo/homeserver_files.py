"""What a Synapse of ours finds in its folder: the configuration, its keys, and how it writes its log."""

import base64
import json
import secrets
from pathlib import Path
from typing import Final

from livechat_plugin.atomic_file import replace_file

_HOMESERVER_YAML: Final = """\
# Synapse for a demonstration on one machine. Written once; changes made here are kept.
server_name: {server_name}
public_baseurl: {url}/
listeners:
  - type: http
    port: {port}
    bind_addresses: ["127.0.0.1"]
    tls: false
    resources:
      # openid lets room widgets prove who is looking at them.
      - names: [client, openid]
        compress: false

database:
  name: sqlite3
  args:
    database: {database}
media_store_path: {media}
signing_key_path: {signing_key}
log_config: {log_config}

registration_shared_secret: {registration_shared_secret}
macaroon_secret_key: {macaroon_secret_key}
form_secret: {form_secret}
enable_registration: false
# The passwords of a demonstration are printed on the screen: slow hashing would protect nothing, and costs a
# quarter of a second of processor time at every login.
bcrypt_rounds: 4

# It speaks to nobody but the clients on this machine.
federation_domain_whitelist: []
trusted_key_servers: []
suppress_key_server_warning: true
report_stats: false
enable_metrics: false
url_preview_enabled: false

# Everybody's "online" is sent to everybody who shares a room: most of the traffic of a small server, and
# nothing here needs it.
presence:
  enabled: false
user_directory:
  enabled: true
  search_all_users: true
room_list_publication_rules:
  - action: allow
# Clients that catch up after a burst get it in one piece.
filter_timeline_limit: 1000

{more}# The defaults are made for people on the internet (a message in five seconds), and bite at once in a burst.
rc_message: &unlimited
  per_second: 10000
  burst_count: 10000
rc_registration: *unlimited
rc_login:
  address: *unlimited
  account: *unlimited
  failed_attempts: *unlimited
rc_joins:
  local: *unlimited
  remote: *unlimited
rc_joins_per_room: *unlimited
rc_invites:
  per_room: *unlimited
  per_user: *unlimited
  per_issuer: *unlimited
rc_room_creation: *unlimited
rc_admin_redaction: *unlimited
rc_media_create: *unlimited
rc_profile: *unlimited
rc_reports: *unlimited
rc_user_directory: *unlimited
rc_key_requests: *unlimited
"""

# The handler writes to standard error, which start() sends to a file: what Synapse says before its logging is
# set up, or while it crashes, stands in the same file.
_LOG_YAML: Final = """\
version: 1
disable_existing_loggers: false
formatters:
  plain:
    format: "%(asctime)s %(levelname)s %(name)s %(message)s"
handlers:
  stderr:
    class: logging.StreamHandler
    formatter: plain
root:
  level: WARNING
  handlers: [stderr]
"""


_FOR_OLDER_CLIENTS: Final = """\
# Clients from before 2025, such as Debian's nheko, know neither the ids of newer rooms nor how to fetch pictures
# with a token.
default_room_version: "10"
enable_authenticated_media: false

"""


def write_homeserver_files(
    config_path: Path, server_name: str, port: int, *, for_older_clients: bool = False
) -> None:
    """Write everything that a new Synapse needs, for its first start.

    Args:
        config_path: its configuration; the other files are put beside it, and the folder is made.
        server_name: the part of the user ids after the colon.
        port: the loopback port.
        for_older_clients: whether rooms and pictures must suit clients of some years ago.
    """
    directory = config_path.parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    log_config = directory / "log.yaml"
    log_config.write_text(_LOG_YAML)
    signing_key = directory / "signing.key"
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    _write_secret(signing_key, f"ed25519 a_{secrets.token_hex(2)} {seed}\n")
    values = {
        "server_name": server_name,
        "database": str(directory / "homeserver.db"),
        "media": str(directory / "media"),
        "signing_key": str(signing_key),
        "log_config": str(log_config),
        "registration_shared_secret": secrets.token_urlsafe(32),
        "macaroon_secret_key": secrets.token_urlsafe(32),
        "form_secret": secrets.token_urlsafe(32),
    }
    quoted = {key: json.dumps(value) for key, value in values.items()}
    quoted["more"] = _FOR_OLDER_CLIENTS if for_older_clients else ""
    text = _HOMESERVER_YAML.format(url=f"http://127.0.0.1:{port}", port=port, **quoted)
    # Last and whole, because its presence says that the folder is complete.
    replace_file(config_path, text, new_mode=0o600)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
