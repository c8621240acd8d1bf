"""The options by which a broker of the Kafka protocol is named and reached, for streams and for their status."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.sources.kafka import PASSWORD_VARIABLE

BROKER = "The topic"
_SECURITY = "Security"

Bootstrap = Annotated[
    str | None, typer.Option(help="Brokers, as HOST:PORT, comma-separated.", rich_help_panel=BROKER)
]
Cls = Annotated[
    bool,
    typer.Option(
        "--cls", help="The brokers are the log service's own Kafka endpoint.", rich_help_panel=BROKER
    ),
]
SaslUser = Annotated[
    str | None,
    typer.Option(help="SASL user; of the log service, the logset's id.", rich_help_panel=_SECURITY),
]
SaslPasswordFile = Annotated[
    Path | None,
    typer.Option(
        help=f"File of mode 0600 with the SASL password, on each worker. Default: variable {PASSWORD_VARIABLE}.",
        rich_help_panel=_SECURITY,
    ),
]
SaslMechanism = Annotated[
    str, typer.Option(help="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.", rich_help_panel=_SECURITY)
]
Tls = Annotated[
    bool,
    typer.Option("--tls", help="Encrypt, and check the broker's certificate.", rich_help_panel=_SECURITY),
]
TlsCa = Annotated[
    Path | None, typer.Option(help="Authorities to trust. Default: the system's.", rich_help_panel=_SECURITY)
]
TlsCertificate = Annotated[
    Path | None, typer.Option(help="Own certificate, for a broker that asks.", rich_help_panel=_SECURITY)
]
TlsKey = Annotated[Path | None, typer.Option(help="Key of the own certificate.", rich_help_panel=_SECURITY)]
