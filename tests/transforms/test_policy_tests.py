"""Tests of a policy that are data run as the pipeline runs, and say what differs."""

from importlib.resources import files

import pytest

from schemas.policy.file import default_policy
from schemas.policy.policy_tests import PolicyTest, load_test_file
from transforms.policy_tests import failed_tests

POLICY = default_policy()
SHIPPED = "healthcare_omics.policy-test.yaml"
TIME = {"__TIMESTAMP__": 1_795_420_800_000}


def test_the_shipped_policy_does_what_its_tests_say() -> None:
    text = files("schemas.policy").joinpath(SHIPPED).read_text(encoding="utf-8")
    assert list(failed_tests(POLICY, load_test_file(text, SHIPPED).tests)) == []


@pytest.mark.parametrize(
    ("event", "expected", "differences"),
    [
        pytest.param(
            {**TIME, "user": "lin.qiao", "msg": "lin.qiao", "state": "OK"},
            {"username": "usr_#1", "output": "usr_#2", "state": "OK"},
            ["output: expected 'usr_#2', found 'usr_#1'"],
            id="another person",
        ),
        pytest.param(
            {**TIME, "state": "OK"},
            {},
            ["state: expected 'absent', found 'OK'"],
            id="a field that is not expected",
        ),
        pytest.param(
            {**TIME, "state": "OK"},
            {"state": "OK", "url": "/"},
            ["url: expected '/', found 'absent'"],
            id="a field that is not there",
        ),
        pytest.param(
            {"state": "OK"},
            {"state": "OK"},
            ["state: expected 'OK', found 'absent'", "rejected: expected 'absent', found 'missing_time'"],
            id="a rejection",
        ),
        pytest.param(
            {**TIME, "ip": "203.0.113.7", "privateIp": "203.0.113.8"},
            {"ip_address": "203.0.113.0/24", "others.ip_address": "203.0.113.0/24"},
            [],
            id="a second value",
        ),
        pytest.param(
            "2026-11-23 08:00:00 login from 203.0.113.7",
            {"output": "2026-11-23 08:00:00 login from 203.0.113.0/24"},
            [],
            id="a line of text",
        ),
    ],
)
def test_each_difference_is_a_line(
    event: dict[str, object] | str, expected: dict[str, str], differences: list[str]
) -> None:
    test = PolicyTest("one", "own.yaml:3", event, expected)
    assert list(failed_tests(POLICY, [test])) == [
        f"own.yaml:3: one: {difference}" for difference in differences
    ]


def test_days_and_rejections_are_compared() -> None:
    tests = [
        PolicyTest("days", "own.yaml:1", {**TIME, "state": "OK"}, {"state": "OK"}, expires_after_days=90),
        PolicyTest("reason", "own.yaml:2", {**TIME, "colour": "red"}, rejected="bad_time"),
        PolicyTest("kept", "own.yaml:3", {**TIME, "state": "OK"}, rejected="bad_time"),
    ]
    assert list(failed_tests(POLICY, tests)) == [
        "own.yaml:1: days: expires_after_days: expected '90', found '180'",
        "own.yaml:2: reason: rejected: expected 'bad_time', found 'no_known_field'",
        "own.yaml:3: kept: rejected: expected 'bad_time', found 'absent'",
        "own.yaml:3: kept: state: expected 'absent', found 'OK'",
    ]
