"""One event before and after, for the person who asked to see it: nothing of it is written or logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.inputs import find_inputs, plan_parts, snapshot
from pipelines.read_files import read_part
from pipelines.redact_job import RedactionJob
from schemas.events import RawRecord
from schemas.policy import Policy
from transforms.classify import ClassifyStep
from transforms.detect import Detection
from transforms.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter


@dataclass(frozen=True)
class Preview:
    """The values of one event by field, before and after."""

    before: Mapping[str, str]
    after: Mapping[str, str]


def preview_of(job: RedactionJob) -> Preview | None:
    """Return the event with the most fields among the first of a job's input; None if none is usable."""
    path = find_inputs(job.inputs, job.root, job.safe_name)[0]
    part = plan_parts([snapshot(path, job.format, job.safe_name)], job.safe_name)[0]
    return preview(next(read_part(part), []), job.policy, job.key, job.detection)


def preview(
    records: Sequence[RawRecord], policy: Policy, key: PseudonymKey, detection: Detection | None = None
) -> Preview | None:
    """Return the event with the most fields of a few records, before and after; None if none is usable."""
    reject = Rejecter(key, "")
    parsed = ParseStep(reject).build()(records).kept
    classified = ClassifyStep(policy, reject).build()(parsed).kept
    if not classified:
        return None
    fullest = max(classified, key=lambda event: len(event.values))
    redacted = RedactStep(policy, key, reject, detection).build()([fullest]).kept
    return Preview(fullest.values, redacted[0].values) if redacted else None
