"""Read the value of a field that the policy does not know as it would be read behind its key in a text."""

import re
from collections.abc import Callable, Iterator

from transforms.detect import Detection, Known, Span
from transforms.detect.keyed import KeyedValues
from transforms.detect.keyed_lists import KeyedLists, KeyedPlurals
from transforms.detect.search import Resolve
from transforms.detect.vocabulary import Vocabulary

_NUMBERED = re.compile(r"(?:\.\d+)+\Z")

KeyedPeople = Callable[[str, str], list[Known]]
"""Returns whom, or what, a field of a name holds whose key says what its values are, searched for without a cue."""


def keyed_people(detection: Detection, resolve: Resolve) -> KeyedPeople:
    """Return what reads fields by their names.

    Example:
        >>> read = keyed_people(Detection(), lambda span, value: span)
        >>> [known.text for name, value in (("actors", '["tomek","li"]'), ("owner.2", "anna"), ("colours", '["tomek"]'))
        ...  for known in read(name, value)]
        ['tomek', 'li', 'anna']
    """
    vocabulary = Vocabulary(detection.aliases)
    recognizers = (KeyedValues(vocabulary), KeyedPlurals(vocabulary), KeyedLists(vocabulary))

    def spans(text: str, start: int) -> Iterator[Span]:
        for recognizer in recognizers:
            yield from (span for span in recognizer.find(text) if span.start >= start)

    def read(name: str, value: str) -> list[Known]:
        key = _NUMBERED.sub("", name)
        if vocabulary.classify(key) is None and vocabulary.classify_plural(key) is None:
            return []
        text = f"{key}={value}" if value[:1] in ("[", "{", '"') else f'{key}="{value}"'
        found: list[Known] = []
        for span in spans(text, len(key)):
            person = text[span.start : span.end]
            resolved = resolve(span, person)
            if resolved is not None:
                found.append(Known.without_cue(person, resolved.token, resolved.kind))
        return found

    return read
