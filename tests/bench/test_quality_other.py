"""The other profile is made of values with a cue or a form, each marked exactly, the same for the same seed."""

from quality_forms import Mark
from quality_other import _TEMPLATES, other_samples
from quality_score import score


def test_every_template_occurs_and_its_value_is_marked() -> None:
    samples = other_samples("1", 2 * len(_TEMPLATES))
    assert {mark.entity for sample in samples for mark in sample.spans} == {
        entity for entity, _ in _TEMPLATES
    }
    assert not any("«" in sample.text or "»" in sample.text for sample in samples)
    assert other_samples("1", 50) == other_samples("1", 50) != other_samples("2", 50)


def test_replacing_exactly_the_marks_scores_as_perfect() -> None:
    def without(text: str, mark: Mark) -> str:
        return f"{text[: mark.start]}<{mark.entity}>{text[mark.end :]}"

    samples = other_samples("1", 100)
    result = score(samples, [without(sample.text, sample.spans[0]) for sample in samples])
    assert (result.spans.total(), result.left.total(), result.lost.total()) == (100, 0, 0)
