from concurrent.futures import ThreadPoolExecutor

import pytest

from transforms.detect.scan import ENGINES, compile_scan


@pytest.mark.parametrize("engine", ENGINES)
def test_scans_for_the_same_triggers_may_run_at_once(engine: str) -> None:
    texts = ["a1" + "x" * 100_000 + "b", "a", "b"] * 5
    scans = [compile_scan(["a[0-9]", "b"], engine)[1] for _ in range(4)]

    with ThreadPoolExecutor(len(scans)) as threads:
        answers = list(threads.map(lambda scan: [scan(texts) for _ in range(20)], scans))

    assert answers == [[[3, 0, 2] * 5] * 20] * 4
