"""TLS to a real MariaDB: encrypted, and only with a server that the named CA vouches for."""

import ipaddress
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from pipelines.database.database import Database
from schemas.errors import VaultError
from tests.mariadb import MariaDb, mariadb_server

pytestmark = pytest.mark.server


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate that vouches for itself and 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    began = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / f"{name}.pem", folder / f"{name}.key"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MariaDb, Path, Path]]:
    """Return a server that speaks TLS, its CA, and the CA of somebody else."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = make_certificate(folder, "server")
    stranger, _ = make_certificate(folder, "stranger")
    with mariadb_server(folder / "server", f"--ssl-cert={certificate}", f"--ssl-key={key}") as server:
        server.make_database("vault")
        yield server, certificate, stranger


def test_a_connection_with_a_ca_is_encrypted(tls_server: tuple[MariaDb, Path, Path]) -> None:
    server, certificate, _ = tls_server
    database = Database(f"{server.url('vault')}?ssl_ca={certificate}")
    row = database.run(lambda connection: connection.execute(text("SHOW STATUS LIKE 'Ssl_cipher'")).one())
    assert row[1] != ""
    database.close()


def test_a_server_of_another_ca_is_refused(tls_server: tuple[MariaDb, Path, Path]) -> None:
    server, _, stranger = tls_server
    database = Database(f"{server.url('vault')}?ssl_ca={stranger}", retry_seconds=0.1)
    with pytest.raises(VaultError, match="cannot be reached"):
        database.run(lambda connection: connection.execute(text("SELECT 1")))


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        pytest.param("mysql://lv@db.example/vault", True, id="remote-in-the-clear"),
        pytest.param("mysql://lv@db.example/vault?ssl_ca=/ca.pem", False, id="remote-with-a-ca"),
        pytest.param("mysql://lv@127.0.0.1/vault", False, id="local"),
    ],
)
def test_a_remote_connection_in_the_clear_is_warned_about(
    url: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        _ = Database(url).engine
    assert bool(caplog.records) == warned
