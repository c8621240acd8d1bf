"""What must hold for any text at all; a finding names the property and the bucket of texts that break it alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from schemas.policy.file import default_policy
from schemas.recognizer_file import CustomEntry, WeightedPattern
from tests.transforms.detect.plain_path import plainly
from transforms.detect import CATALOG, Detection, Known
from transforms.detect.custom import CustomRecognizer
from transforms.detect.formats import shipped_files
from transforms.detect.formats.document import marked_parts
from transforms.detect.scan import ENGINES
from transforms.detect.spans import replace as replace_spans
from transforms.detect.views import decode

PEOPLE = (
    Known("zhen.quillby", "usr_1_zzzzzzzzzzzzzzzzzzzz", "USERNAME"),
    Known("100087654321", "uin_1_nnnnnnnnnnnnnnnnnnnn", "UIN"),
    Known("198.51.100.83", "198.51.100.0/24", "IP_ADDRESS"),
)
EXTRA = tuple(
    CustomRecognizer.of(entry)
    for entry in (
        CustomEntry(
            "",
            "zip",
            "ZIP",
            (WeightedPattern("zip", r"\b\d{5}(?:-\d{4})?\b", 0.1),),
            (),
            1.0,
            ("zip", "邮编"),
            {"default": 0.4},
        ),
        CustomEntry("", "title", "TITLE", (), ("Dr.", "Mr", "先生")),
    )
)
SEPARATORS = (" ", "\n", "/", ";", '"', ",", "：", "(", "|", "&x=")
FRAGMENTS = [
    text.replace("«", "").replace("»", "")
    for one in CATALOG
    for text in (*one.examples, *one.counter_examples, one.boundary)
] + ["zip 12345", "Dr. 邮编：12345-6789", "李先生"]
FRAGMENTS += [marked_parts(line)[0] for stated in shipped_files().values() for line in stated.lines]


@dataclass(frozen=True)
class Finding:
    """A text that breaks a property; texts of one bucket break it alike."""

    property: str
    bucket: str
    text: str


class Checks:
    """Builds a redactor on each scan engine and asks all of them."""

    def __init__(self) -> None:
        detection = Detection.of(default_policy(), extra=EXTRA)
        self.engines = {name: replace(detection, engine=name).build() for name in ENGINES}
        self.redactor = self.engines[ENGINES[0]]

    def findings(self, text: str, form: int = 0) -> Iterator[Finding]:
        """Yield what a text breaks; `form` chooses how the event's own people are written into it."""
        try:
            yield from self._same_spans(text)
            yield from self._idempotent(text)
            yield from self._own_people(text, form)
            self.redactor.redact_url([text], [PEOPLE])
        except Exception as error:  # noqa: BLE001  (a crash of any kind is what is looked for)
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else "?"
            yield Finding("no crash", f"{type(error).__name__} in {place}", text)

    def _same_spans(self, text: str) -> Iterator[Finding]:
        plain = set(plainly(self.redactor, text))
        for name, redactor in self.engines.items():
            differing = plain ^ set(redactor.find(text))
            if differing:
                who = ", ".join(sorted({span.recognizer for span in differing}))
                yield Finding("fast path = plain path", f"{name}: {who}", text)

    def _idempotent(self, text: str) -> Iterator[Finding]:
        once = replace_spans(text, self.redactor.find(text)).text
        again = self.redactor.find(once)
        if again:
            who = ", ".join(sorted({span.recognizer for span in again}))
            yield Finding("idempotent", who, text)

    def _own_people(self, text: str, form: int) -> Iterator[Finding]:
        separator = SEPARATORS[form % len(SEPARATORS)]
        person = PEOPLE[form % len(PEOPLE)]
        written = (
            person.text,
            person.text.upper(),
            quote(person.text[:2]) + "%" + f"{ord(person.text[2]):02X}" + person.text[3:],
        )
        value = written[form // 7 % len(written)]
        if _holds(text, person.text):
            return
        middle = len(text) // 2
        whole = f"{text[:middle]}{separator}{value}{separator}{text[middle:]}"
        left = self.redactor.redact([whole], [PEOPLE])[0].text
        if _holds(left, person.text):
            yield Finding("no own value left", f"{person.kind} between {separator!r}", whole)


def _holds(text: str, value: str) -> bool:
    view = decode(text)
    return value in text.lower() or (view is not None and value in view.text.lower())
