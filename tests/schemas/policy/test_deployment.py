"""A deployment says where raw events live, and the record of processing says it too."""

import pytest

from schemas.errors import PolicyError
from schemas.policy.deployment import RawPlace, load_deployment
from schemas.policy.file import default_policy
from schemas.policy.record_of_processing import record_of_processing, to_markdown
from tests.conftest import ROOT

POLICY = default_policy()
TEXT = """raw_events:
  - {place: topic a, system: cls, holds: all events, kept_days: 181}
  - {place: 'lag | of it', system: cls, holds: the newest, kept_days: 180}
"""


def test_the_shipped_deployment_keeps_nothing_longer_than_the_policy():
    deployment = load_deployment((ROOT / "deploy/deployment.yaml").read_text(), "deployment.yaml", POLICY)
    assert deployment.kept_too_long(POLICY) == ()


def test_a_place_that_keeps_events_a_day_longer_than_the_policy_is_named():
    deployment = load_deployment(TEXT, "deployment.yaml", POLICY)
    assert deployment.kept_too_long(POLICY) == (RawPlace("topic a", "cls", "all events", 181),)
    record = record_of_processing(POLICY, deployment)
    assert [place["longer_than_the_policy"] for place in record["raw_events"]] == [True, False]
    page = to_markdown(POLICY, deployment)
    assert "| topic a | cls | all events | 181 days, longer than the policy |" in page
    assert r"| lag \| of it | cls | the newest | 180 days |" in page


def test_without_a_deployment_the_record_says_nothing_of_raw_events():
    assert "raw_events" not in record_of_processing(POLICY)
    assert "Raw events" not in to_markdown(POLICY)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param("system: cls", "system: Kafka", id="unknown-system"),
        pytest.param("kept_days: 181", "kept_days: -1", id="no-number-of-days"),
        pytest.param("kept_days: 181", "kept_days: '181'", id="quoted-days"),
        pytest.param("holds: all events", "owner: us", id="unknown-key"),
    ],
)
def test_a_deployment_that_is_wrong_is_refused_by_line(wrong, told):
    with pytest.raises(PolicyError, match=r"^deployment\.yaml:2: "):
        load_deployment(TEXT.replace(wrong, told, 1), "deployment.yaml", POLICY)
