from pathlib import Path

import pytest
from quality_samples import Sample, make_samples
from quality_score import score

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def samples(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return make_samples(shared_data.parent, tmp_path_factory.mktemp("events"), "5", "mixed", 1500)


def with_labels_replaced(sample: Sample) -> str:
    text = sample.text
    for mark in sorted(sample.spans, key=lambda mark: mark.start, reverse=True):
        text = f"{text[: mark.start]}<{mark.entity}>{text[mark.end :]}"
    return text


def test_replacing_exactly_the_labelled_values_scores_as_perfect(samples: list[Sample]) -> None:
    result = score(samples, map(with_labels_replaced, samples))
    assert result.spans.total() > 500
    assert result.left.total() == 0
    assert result.lost.total() == 0
    assert result.inexact == 0


def test_leaving_everything_scores_as_nothing_found_and_nothing_lost(samples: list[Sample]) -> None:
    result = score(samples, [sample.text for sample in samples])
    assert result.recall == 0
    assert result.lost.total() == 0


def test_replacing_everything_scores_as_all_found_and_all_lost(samples: list[Sample]) -> None:
    result = score(samples, ["<TEXT>"] * len(samples))
    assert result.recall == 1
    assert result.lost_share > 0.8
    assert result.decoys_lost == result.decoys


def test_labels_stand_where_the_value_stands_in_nested_json(samples: list[Sample]) -> None:
    nested = [sample for sample in samples if sample.text.startswith("{") and sample.spans]
    assert nested
    domains = [s.text[m.start : m.end] for s in nested for m in s.spans if m.entity == "EMAIL_ADDRESS"]
    assert all("@" in value for value in domains)


def test_every_seed_and_tag_style_gives_other_texts(
    samples: list[Sample], shared_data: Path, tmp_path: Path
) -> None:
    other = make_samples(shared_data.parent, tmp_path, "5", "nested", 1500)
    assert [sample.text for sample in samples] != [sample.text for sample in other]
