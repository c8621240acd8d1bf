"""Detectors beyond the catalogue, added as a user's package adds them, to see what more of them cost."""

from pathlib import Path

from transforms.detect.detector import Detector

_WORDS = (
    "badge ticket locker visitor contract invoice parcel permit warrant voucher roster shipment "
    "garage depot barcode coupon deposit enquiry referral transfer"
).split()
# These stand in the log lines that the events are made of.
_FOUND = (
    r"\bblk_-?[0-9]{15,20}\b",
    r"\bcontainer_[0-9]{13}_[0-9]{4}_[0-9]{2}_[0-9]{6}\b",
    r"\battempt_[0-9]{13}_[0-9]{4}_[mr]_[0-9]{6}_[0-9]\b",
    r"\bappattempt_[0-9]{13}_[0-9]{4}_[0-9]{6}\b",
    r"\bsshd\[[0-9]{3,6}\]",
    r"\bport [0-9]{4,5} ssh2\b",
    r"\bqueued_[0-9a-f]{6,}\b",
    r"\bSession: 0x[0-9a-f]{16}",
    r"\bjob_[0-9]{13}_[0-9]{4}\b",
    r"\bR[0-9]{2}-M[01]-N[0-9A-F]{1,2}\b",
)


def more_detectors(count: int) -> tuple[Detector, ...]:
    """Return that many different detectors, of which every fifth finds something in real log lines.

    Example:
        >>> [detector.pattern for detector in more_detectors(3)][2]
        '(?i:locker) ?0[ =:#-]{1,3}[A-Z]{2}[0-9]{6}\\\\b'
    """
    return tuple(_detector(number, _pattern(number)) for number in range(count))


def _pattern(number: int) -> str:
    group, shape = divmod(number, 5)
    if shape == 0:
        return _FOUND[group % len(_FOUND)] + ("" if group < len(_FOUND) else "(?:,|$)")
    word = _WORDS[number % len(_WORDS)]
    code = f"{word[:3].upper()}{group:02d}"
    return {
        1: rf"\b{code}-[0-9]{{4}}-[0-9]{{4}}\b",
        2: rf"(?i:{word}) ?{group}[ =:#-]{{1,3}}[A-Z]{{2}}[0-9]{{6}}\b",
        3: rf"\b{word}_{group}_[0-9a-f]{{12}}\b",
        4: rf"\b(?:{code}|{code[::-1]})[0-9]{{8}}\b",
    }[shape]


def _detector(number: int, pattern: str) -> Detector:
    return Detector(
        name=f"more_{number}",
        kind="MORE",
        pattern=pattern,
        trigger=pattern,
        source="made for the benchmark",
        examples=(),
        counter_examples=(),
        boundary="",
    )


FIFTY = more_detectors(50)
HUNDRED = more_detectors(100)


def install_detectors(folder: Path, count: int) -> Path:
    """Lay out what pip would install of a package with that many detectors; return the folder."""
    name = {len(detectors): name for name, detectors in (("FIFTY", FIFTY), ("HUNDRED", HUNDRED))}[count]
    metadata = folder / "more_detectors-1.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (folder / "more_detectors.py").write_bytes(Path(__file__).read_bytes())
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: more-detectors\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(f"[logveil.detectors]\nmore = more_detectors:{name}\n")
    return folder
