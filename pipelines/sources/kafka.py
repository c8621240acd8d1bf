"""Connect to a topic of the Kafka protocol; secrets are references, resolved where the connection is made."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException

from schemas.errors import OptionsError
from schemas.secret_files import others_can_read

PASSWORD_VARIABLE = "LOGVEIL_SASL_PASSWORD"
FETCH_BYTES = 16 << 20
_QUEUED_KIB = 16 << 10
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_MOST_SECRET_BYTES = 4096


@dataclass(frozen=True)
class KafkaConnection:
    """How a broker is reached. Nothing here is secret: passwords and keys are named, not held.

    `password_file` holds the SASL password; without it the variable `LOGVEIL_SASL_PASSWORD` does. `cls` is for the log
    service's own endpoint, which knows no transactions and is read without them.
    """

    bootstrap: str
    user: str | None = None
    password_file: Path | None = None
    mechanism: str = "PLAIN"
    tls: bool = False
    tls_ca: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    cls: bool = False

    def __post_init__(self) -> None:
        """Refuse options that contradict each other.

        Raises:
            OptionsError: A mechanism is not known, or an option lacks the one that it belongs to.
        """
        if self.mechanism not in _MECHANISMS:
            raise OptionsError(f"--sasl-mechanism is one of {', '.join(_MECHANISMS)}")
        if self.password_file is not None and self.user is None:
            raise OptionsError("--sasl-password-file needs --sasl-user")
        if not self.tls and (self.tls_ca or self.tls_certificate or self.tls_key):
            raise OptionsError("--tls-ca, --tls-certificate and --tls-key need --tls")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise OptionsError("--tls-certificate and --tls-key come together")
        if self.cls and self.user is None:
            raise OptionsError("--cls needs --sasl-user, the id of the logset")

    def client_config(self, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
        """Return what every client of the broker is made from, secrets resolved.

        Raises:
            OptionsError: A file can't be read, or others could read a secret.
        """
        protocol = ("SASL_" if self.user else "") + ("SSL" if self.tls else "PLAINTEXT")
        config: dict[str, Any] = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": protocol,
            "client.id": "logveil",
            "log_level": 0,
        }
        if self.user is not None:
            config |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.user,
                "sasl.password": self._password(environ),
            }
        paths = {
            "ssl.ca.location": self.tls_ca,
            "ssl.certificate.location": self.tls_certificate,
            "ssl.key.location": self.tls_key,
        }
        return config | {name: str(path) for name, path in paths.items() if path is not None}

    def consumer_config(self, group: str, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
        """Return what a consumer of a lane is made from: it commits nothing by itself and jumps over nothing."""
        return {
            **self.client_config(environ),
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "allow.auto.create.topics": False,
            "isolation.level": "read_uncommitted" if self.cls else "read_committed",
            "fetch.message.max.bytes": FETCH_BYTES,
            "queued.max.messages.kbytes": _QUEUED_KIB,
        }

    def _password(self, environ: Mapping[str, str]) -> str:
        if self.password_file is not None:
            return read_secret(self.password_file)
        if PASSWORD_VARIABLE in environ:
            return environ[PASSWORD_VARIABLE]
        raise OptionsError(f"--sasl-user needs --sasl-password-file or the variable {PASSWORD_VARIABLE}")


@dataclass(frozen=True)
class KafkaTopic:
    """A topic of a broker, and the consumer group under which it is told how far reading has come."""

    name: str
    connection: KafkaConnection
    group: str

    def consumer(self) -> Consumer:
        """Return a consumer that was assigned nothing yet.

        Raises:
            OptionsError: A secret can't be read, or the client refuses an option.
        """
        config = self.connection.consumer_config(self.group)
        try:
            return Consumer(config)
        except KafkaException as error:
            raise OptionsError(f"the Kafka client refuses its options: {error.args[0].name()}") from None


def read_secret(path: Path) -> str:
    """Return the text of a file that is ours alone to read, without the end of its last line.

    Raises:
        OptionsError: It can't be read, others could read it, or it is empty.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            data = file.read(_MOST_SECRET_BYTES)
    except OSError as error:
        raise OptionsError(f"cannot read {path}: {error.strerror}") from None
    if others_can_read(status, os.geteuid(), (os.getegid(), *os.getgroups())):
        mode = stat.S_IMODE(status.st_mode)
        raise OptionsError(f"{path} has mode {mode:04o}, others could read it: run chmod 600 on it")
    try:
        text = data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text:
        raise OptionsError(f"{path} holds no text")
    return text
