"""Detection of personal data in free text, URLs and host names.

`Detection` is the configuration, `Detection.build` gives the `TextRedactor`; `CATALOG` are the detectors.
"""

from transforms.detect.catalog import CATALOG
from transforms.detect.configuration import Detection
from transforms.detect.detector import Detector
from transforms.detect.own import Known
from transforms.detect.redactor import TextRedactor
from transforms.detect.search import Recognizer
from transforms.detect.spans import RedactedText, Span

__all__ = ["CATALOG", "Detection", "Detector", "Known", "Recognizer", "RedactedText", "Span", "TextRedactor"]
