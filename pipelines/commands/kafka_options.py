"""The options by which a broker of the Kafka protocol is named and reached."""

from pathlib import Path
from typing import Annotated

import typer

Bootstrap = Annotated[
    str | None, typer.Option(help="The broker's addresses, HOST:PORT with commas between them.")
]
SaslUser = Annotated[
    str | None, typer.Option(help="The SASL user; for the log service, the id of the logset.")
]
SaslPasswordFile = Annotated[
    Path | None,
    typer.Option(help="The file that holds the SASL password; for the log service, SecretId#SecretKey."),
]
SaslMechanism = Annotated[str, typer.Option(help="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.")]
Tls = Annotated[bool, typer.Option("--tls", help="Speak TLS.")]
TlsCa = Annotated[Path | None, typer.Option(help="Who signs the broker's certificate (PEM).")]
TlsCertificate = Annotated[Path | None, typer.Option(help="The client's certificate (PEM).")]
TlsKey = Annotated[Path | None, typer.Option(help="The key of the client's certificate (PEM).")]
Cls = Annotated[
    bool, typer.Option("--cls", help="The broker is the log service's own endpoint, which is no full one.")
]
