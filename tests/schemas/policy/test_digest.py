"""The digest names what a policy says, not how it is laid out."""

from collections.abc import Callable

import pytest

from schemas.policy.file import load_policy


def test_the_digest_does_not_change_with_comments_layout_and_order_of_keys(
    small_policy: str, changed: Callable[[str, str], str]
) -> None:
    swapped = changed(
        "    label: Who\n    personal: direct\n", "    personal: direct  # a comment\n    label: 'Who'\n"
    )
    assert load_policy(swapped, "a.yaml").digest == load_policy(small_policy, "b.yaml").digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("retention_days: 180", "retention_days: 179", id="days"),
        pytest.param("[user, login]", "[login, user]", id="order of the spellings"),
        pytest.param('"ON", "OFF"', '"ON", "OFF", "IDLE"', id="form"),
        pytest.param("time_fields: [__TIME__]", "time_fields: [__TIME__]\nalias_prefixes: [x.]", id="prefix"),
        pytest.param(
            "time_fields: [__TIME__]", "time_fields: [__TIME__]\nurl_query_keys: [page]", id="query key"
        ),
    ],
)
def test_the_digest_changes_with_what_the_policy_says(
    old: str, new: str, small_policy: str, changed: Callable[[str, str], str]
) -> None:
    assert load_policy(changed(old, new), "own.yaml").digest != load_policy(small_policy, "own.yaml").digest


def test_the_digest_does_not_change_with_the_order_of_definitions(small_policy: str) -> None:
    two = small_policy.replace("systems: [store]", "systems: [store, vault]")
    one_way = two.replace("  store: The store", "  store: The store\n  vault: The vault")
    other_way = two.replace("  store: The store", "  vault: The vault\n  store: The store")
    assert load_policy(one_way, "own.yaml").digest == load_policy(other_way, "own.yaml").digest
