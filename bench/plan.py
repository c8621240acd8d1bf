"""How much is measured: the sizes of a quick run, a usual one and a full one."""

from dataclasses import dataclass
from pathlib import Path

from events import Events


@dataclass(frozen=True)
class Sizes:
    """Events of each kind of run, and how often each is repeated; of all repeats the median counts."""

    mode: str
    rounds: int
    job: tuple[int, int, int]
    growth: tuple[int, int]
    long: tuple[int, int]
    partitions: tuple[int, int]
    workers: tuple[int, int]
    memory: tuple[int, int]
    peers: dict[str, int]
    start_ups: int


_PEERS = {"vector": 50_000, "otel": 50_000, "datafog": 10_000, "scrubadub": 5_000}

QUICK = Sizes(
    "quick", 1, (5_000, 20_000, 40_000), (5_000, 30_000), (2_000, 12_000), (5_000, 60_000), (56_000, 112_000),
    (20_000, 80_000),
    {"vector": 20_000, "otel": 20_000, "datafog": 2_000, "scrubadub": 1_000, "presidio": 300, "presidio_spacy": 60}, 3,
)  # fmt: skip
USUAL = Sizes(
    "usual", 3, (20_000, 110_000, 200_000), (20_000, 100_000), (10_000, 50_000), (28_000, 224_000), (56_000, 336_000),
    (100_000, 1_000_000), _PEERS | {"presidio": 1_500, "presidio_spacy": 300}, 5,
)  # fmt: skip
FULL = Sizes(
    "full", 3, (100_000, 300_000, 500_000), (20_000, 200_000), (20_000, 100_000), (28_000, 560_000), (56_000, 560_000),
    (1_000_000, 10_000_000), _PEERS | {"presidio": 3_000, "presidio_spacy": 600}, 5,
)  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """What a section of the benchmark needs: its events, its sizes, the cores to run on, a folder."""

    events: Events
    sizes: Sizes
    cores: tuple[int, int]
    folder: Path

    @property
    def core(self) -> tuple[int]:
        """The core on which everything runs that is measured by the core."""
        return self.cores[:1]

    @property
    def sizes_note(self) -> str:
        """The sizes of the whole job, to be read."""
        return " / ".join(f"{size:,}" for size in self.sizes.job)
