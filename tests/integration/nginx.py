"""nginx with the configuration of docs/deployment, the addresses filled in."""

import asyncio
import os
import shutil
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

SHIPPED = Path(__file__).parents[2] / "docs" / "deployment" / "nginx.conf"
NAME = "livechat.example.org"

_MAIN = """
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    log_format taken "$request_method $status $upstream_addr";
    access_log {folder}/access.log taken;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/livechat.conf;
}}
"""


def is_there() -> bool:
    return shutil.which("nginx", path=_PATH) is not None


_PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


class Nginx:
    """One that runs.

    Args:
        folder: for its files.
        replicas: host and port of each.
        inside: host and port for the homeserver.
        outside: host and port for browsers, by https.
    """

    def __init__(self, folder: Path, replicas: list[str], inside: str, outside: str) -> None:
        self._folder = folder
        self.log = folder / "nginx.log"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        certificate, key = _certificate(folder)
        text = SHIPPED.read_text()
        filled = {
            "10.0.0.11:9009": replicas[0],
            "10.0.0.12:9009": replicas[1],
            "listen 10.0.0.10:9009;": f"listen {inside};",
            "listen 443 ssl http2;": f"listen {outside} ssl http2;",
            "/etc/letsencrypt/live/livechat.example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/livechat.example.org/privkey.pem": str(key),
        }
        for shipped, ours in filled.items():
            assert text.count(shipped) == 1, shipped
            text = text.replace(shipped, ours)
        (folder / "livechat.conf").write_text(text)
        (folder / "nginx.conf").write_text(
            _MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else "")
        )
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self.trust.check_hostname = False  # it is reached by its number

    def start(self) -> None:
        program = shutil.which("nginx", path=_PATH)
        assert program is not None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-p", str(self._folder), "-c", str(self._folder / "nginx.conf"), "-e", "stderr"],
                stdout=log,
                stderr=log,
            )

    def served(self, method: str) -> set[str]:
        """The replicas that answered such requests with 200."""
        lines = [line.split() for line in (self._folder / "access.log").read_text().splitlines()]
        return {line[2] for line in lines if line[:2] == [method, "200"]}

    async def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 20)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
