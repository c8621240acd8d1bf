"""Presidio's own recognizers as recognizers of the engine."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import DetectorError, RecognizerFileError
from schemas.recognizer_file import PredefinedEntry
from transforms.detect import Detection, Span
from transforms.detect.presidio import PresidioRecognizer
from transforms.detect.spans import Refusal
from transforms.detect.triggers import ALWAYS

CARD = PredefinedEntry("p.yaml: recognizers[0] 'Card'", "Card", "CreditCardRecognizer", entities=("CARD",))
MAIL = PredefinedEntry("p.yaml: recognizers[1] 'Mail'", "Mail", "EmailRecognizer")
PHONE = PredefinedEntry("p.yaml: recognizers[2] 'Phone'", "Phone", "PhoneRecognizer")
CRYPTO = PredefinedEntry("p.yaml: recognizers[3] 'Crypto'", "Crypto", "CryptoRecognizer")


def test_a_predefined_recognizer_answers_with_its_checks_and_the_entity_asked_for() -> None:
    text = "card 4111 1111 1111 1111, no card 4111 1111 1111 1112"

    assert list(PresidioRecognizer.of(CARD).find(text)) == [Span(5, 24, "CARD", 1.0, "Card")]


def test_context_words_and_thresholds_count_for_it() -> None:
    entry = PredefinedEntry(
        "p", "Bank", "UsBankRecognizer", context=("deposit",), thresholds={"default": 0.3}
    )
    recognizer = PresidioRecognizer.of(entry)
    text = "deposit 945456787654 or of the bank, so and 945456787654"

    assert list(recognizer.find(text)) == [Span(8, 20, "US_BANK_NUMBER", 0.4, "Bank")]
    assert list(recognizer.refused(text)) == [
        Refusal(44, 56, "US_BANK_NUMBER", "Bank", "its score 0.05 is below the threshold 0.3")
    ]


def test_it_is_asked_by_its_patterns_where_the_scan_can_read_them_and_for_every_text_elsewhere() -> None:
    triggers = {entry.name: PresidioRecognizer.of(entry).trigger for entry in (CRYPTO, PHONE)}

    assert triggers["Crypto"] != ALWAYS
    assert triggers["Phone"] == ALWAYS


def test_it_reaches_the_engine_through_a_pickle() -> None:
    extra = tuple(pickle.loads(pickle.dumps(PresidioRecognizer.of(entry))) for entry in (CRYPTO, PHONE, MAIL))
    redactor = Detection(extra=extra).build()

    redacted = redactor.redact(["paid to 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", "plain text"], [(), ()])

    assert [one.text for one in redacted] == ["paid to <CRYPTO>", "plain text"]


def test_a_worker_process_never_asks_the_network_for_domain_suffixes(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(pickle.dumps(PresidioRecognizer.of(MAIL)))
    code = (
        "import pickle, socket, sys\n"
        "def refuse(*_): sys.exit('asked the network')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "recognizer = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print([span.kind for span in recognizer.find('mail a@example.com')])\n"
    )

    command = [sys.executable, "-c", code, str(tmp_path / "mail")]
    environ = os.environ | {"TLDEXTRACT_CACHE": str(tmp_path / "cache")}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environ)

    assert (ended.stdout, ended.returncode) == ("['EMAIL_ADDRESS']\n", 0)


@pytest.mark.parametrize(
    ("class_name", "message"),
    [
        pytest.param("NoSuchRecognizer", "p: Presidio has no recognizer 'NoSuchRecognizer'", id="unknown"),
        pytest.param("SpacyRecognizer", "p: recognizer A: it needs an NLP model or a service; set enabled: false", id="a model"),
    ],
)  # fmt: skip
def test_a_recognizer_that_cannot_work_here_is_refused(class_name: str, message: str) -> None:
    with pytest.raises(RecognizerFileError) as caught:
        PresidioRecognizer.of(PredefinedEntry("p", "A", class_name))

    assert str(caught.value) == message


class _Broken:
    name = "broken"
    supported_entities = ("A",)
    context = None

    def analyze(self, text: str, entities: Any, nlp_artifacts: Any) -> Any:
        raise ValueError(text)


def test_what_a_recognizer_raises_becomes_an_error_without_the_text() -> None:
    with pytest.raises(DetectorError) as caught:
        list(PresidioRecognizer(_Broken()).find("secret words"))

    assert str(caught.value) == "recognizer broken failed: ValueError"
    assert caught.value.__cause__ is None


def test_presidio_is_imported_only_where_one_of_its_recognizers_is_used() -> None:
    code = (
        "import sys, transforms.detect.presidio, pipelines.commands.detectors, pipelines.commands.account\n"
        "sys.exit(any(name.startswith('presidio_') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
