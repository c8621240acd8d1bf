"""Values of a few events before and after, for the person who asked to see it: nothing of them is written or logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.jobs.redaction import RedactionJob
from pipelines.sources.inputs import examine, plan_parts
from pipelines.sources.read_files import read_part
from schemas.events import ClassifiedEvent, RawRecord
from schemas.policy.policy import Policy
from transforms.classify import ClassifyStep
from transforms.detect import Detection
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter


@dataclass(frozen=True)
class Preview:
    """One value of each field, before and after: of the fullest event, else of another one that has the field."""

    before: Mapping[str, str]
    after: Mapping[str, str]


def preview_of(job: RedactionJob) -> Preview | None:
    """Return values of the first events of a job's input before and after; None if none is usable."""
    part = plan_parts(examine(job.inputs[0].path, job.given, job.safe_name), job.safe_name)[0]
    return preview(next(read_part(part, job.reading), []), job.policy, job.key, job.detection)


def preview(
    records: Sequence[RawRecord], policy: Policy, key: PseudonymKey, detection: Detection | None = None
) -> Preview | None:
    """Return a value of each field of a few records, before and after; None if no record is usable."""
    reject = Rejecter(key, "")
    parsed = ParseStep(reject).build()(records).kept
    classified = ClassifyStep(policy, reject).build()(parsed).kept
    shown: dict[str, ClassifiedEvent] = {}
    for event in sorted(classified, key=lambda event: -len(event.values)):
        for name in event.values:
            shown.setdefault(name, event)
    if not shown:
        return None
    events = list({id(event): event for event in shown.values()}.values())
    redacted = RedactStep(policy, key, reject, detection).build()(events).kept
    after = {id(event.record): event.values for event in redacted}
    kept = {name: event for name, event in shown.items() if id(event.record) in after}
    return Preview(
        {name: event.values[name] for name, event in kept.items()},
        {name: after[id(event.record)][name] for name, event in kept.items()},
    )
