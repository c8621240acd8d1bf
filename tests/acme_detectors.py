"""The detectors of a package that is not logveil's: what a user of the entry point `logveil.detectors` writes."""

from transforms.detect import Detector

TICKET = Detector(
    name="acme_ticket",
    kind="TICKET",
    pattern=r"\bACME-\d{4}\b",
    trigger=r"ACME-[0-9]{4}",
    source="the service desk of Acme",
    examples=("see «ACME-1234»", "«ACME-0001» is open", "(«ACME-9999»)"),
    counter_examples=("ACME-12", "acme-1234", "ACME-12345"),
    boundary="«ACME-1234»-x",
)
DETECTORS = (TICKET,)
