"""Find and run the tests of a policy: those in its own file, and those in files of tests beside it."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.commands.typed import read_typed
from schemas.errors import PolicySyntaxError
from schemas.policy.policy import Policy
from schemas.policy.policy_tests import SUFFIX, PolicyTest, TestFile, load_test_file, own_tests


def read_test_file(path: Path) -> TestFile:
    """Return what a file of tests holds.

    Raises:
        PolicyError: It cannot be read, or is none.
    """
    return load_test_file(read_typed(path, "the tests", PolicySyntaxError), str(path))


def collect_tests(path: Path) -> tuple[PolicyTest, ...]:
    """Return the tests of a policy file: its own, and of each file of tests beside it that names it or none.

    Raises:
        PolicyError: One of the files cannot be read, or is no file of tests.
    """
    tests = [*own_tests(read_typed(path, "the policy", PolicySyntaxError), str(path))]
    for beside in sorted(path.absolute().parent.glob(f"*{SUFFIX}")):
        stated = read_test_file(path.with_name(beside.name))
        if stated.policy in (None, path.name):
            tests += stated.tests
    return tuple(tests)


def run_tests(policy: Policy, tests: Sequence[PolicyTest]) -> list[str]:
    """Return a line for each difference between what tests expect and what becomes of their events.

    What runs them is imported here, for it takes seconds.
    """
    from pipelines.commands.detectors import detection_of
    from transforms.policy_tests import failed_tests

    return list(failed_tests(policy, tests, detection_of(policy)))
