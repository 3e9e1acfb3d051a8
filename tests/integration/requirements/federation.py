"""Two homeservers that federate, on one machine: what `Homeserver` writes, with a certificate and a door for others."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from livechat_plugin.demo.homeserver_files import write_homeserver_files
from tests.integration.installation import free_port

_ALONE = "federation_domain_whitelist: []"
_OPEN = """\
federation_verify_certificates: false
ip_range_blacklist: []
federation_ip_range_blacklist: []
tls_certificate_path: {certificate}
tls_private_key_path: {key}
federation:
  client_timeout: 20s
"""
_DOOR = """\
listeners:
  - port: {port}
    type: http
    tls: false
    bind_addresses: [127.0.0.1]
    resources:
      - names: [client, openid]
        compress: false
  - port: {door}
    type: http
    tls: true
    bind_addresses: [127.0.0.1]
    resources:
      - names: [federation]
        compress: false

database:"""


def write_federating_homeserver(directory: Path) -> None:
    """The files of a homeserver whose name is where others reach it; `Homeserver(directory)` then takes them."""
    port, door = free_port(), free_port()
    config = directory / "homeserver.yaml"
    write_homeserver_files(config, f"localhost:{door}", port)
    certificate, key = _certificate(directory)
    text = config.read_text()
    assert _ALONE in text
    text = text.replace(_ALONE, _OPEN.format(certificate=certificate, key=key))
    begin, end = text.index("listeners:"), text.index("database:")
    config.write_text(text[:begin] + _DOOR.format(port=port, door=door) + text[end + len("database:") :])


def _certificate(directory: Path) -> tuple[Path, Path]:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate, key = directory / "tls.crt", directory / "tls.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key
