"""What the detection finds in a text when every recognizer is asked, without any scan."""

from collections.abc import Sequence

from transforms.detect import Span, TextRedactor
from transforms.detect.echoes import repeatable, with_echoes
from transforms.detect.spans import merge, settled, without_protected
from transforms.detect.views import decode


def plainly(redactor: TextRedactor, text: str) -> Sequence[Span]:
    """Ask every recognizer for the text and its view, and again for what the spans leave; then for repetitions."""
    (spans,) = settled([text], [_read(redactor, text)], lambda texts: [_read(redactor, one) for one in texts])
    return with_echoes(text, spans, decode(text), repeatable(text, spans))


def _read(redactor: TextRedactor, text: str) -> Sequence[Span]:
    spans = _asked(redactor, text)
    view = decode(text)
    if view is not None:
        for span in _asked(redactor, view.text):
            start, end = view.original(span.start, span.end)
            spans.append(span._replace(start=start, end=end))
    return merge(without_protected(text, spans))


def _asked(redactor: TextRedactor, text: str) -> list[Span]:
    found = (span for recognizer in redactor.search.recognizers for span in recognizer.find(text))
    resolved = (redactor.search.resolve(span, text[span.start : span.end]) for span in found)
    return [span for span in resolved if span is not None]
