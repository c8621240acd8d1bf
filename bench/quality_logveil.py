"""Redact sample texts as the pipeline does: same policy, treatments, detectors and known people."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from quality_samples import KNOWN_FIELDS, Sample

from schemas.policy.file import default_policy
from schemas.policy.policy import Treatment
from transforms.detect import Detection, Known, TextRedactor
from transforms.detect.names import NameRecognizer
from transforms.pseudonyms import PseudonymKey
from transforms.treatments import compile_treatments, field_treatment

_BATCH = 1000
_KEY = PseudonymKey(b"a benchmark's key is no secret..", "1")


class Logveil:
    """The detectors under the default policy, with a spaCy model for persons where one is named."""

    def __init__(self, names: str | None = None) -> None:
        self._names = names

    @cached_property
    def _treat(self) -> Callable[[str, str], str | None]:
        return field_treatment(compile_treatments(default_policy(), _KEY))

    @cached_property
    def _urls(self) -> set[str]:
        return {rule.name for rule in default_policy().fields if rule.treatment is Treatment.REDACT_URL}

    @cached_property
    def redactor(self) -> TextRedactor:
        """Return the compiled detectors."""
        extra = () if self._names is None else (NameRecognizer(self._names),)
        return Detection.of(default_policy(), extra=extra).build(self._treat)

    def redact(self, samples: Sequence[Sample]) -> Iterator[str]:
        """Yield each sample's text as the pipeline would write it."""
        known: dict[tuple[tuple[str, str], ...], tuple[Known, ...]] = {}
        waiting = iter(samples)
        while batch := list(islice(waiting, _BATCH)):
            people = [known.setdefault(sample.known, self._known(sample)) for sample in batch]
            are_urls = [sample.field in self._urls for sample in batch]
            results = self.redactor.redact([sample.text for sample in batch], people, are_urls)
            yield from (result.text for result in results)

    def redact_lines(self, lines: Sequence[str]) -> list[str]:
        """Return lines of which nothing is known as they would be written."""
        return [result.text for result in self.redactor.redact(lines, [()] * len(lines))]

    def _known(self, sample: Sample) -> tuple[Known, ...]:
        people = []
        for name, value in sample.known:
            replacement = self._treat(name, value)
            if replacement is not None:
                people.append(Known(value, replacement, KNOWN_FIELDS[name]))
        return tuple(people)
