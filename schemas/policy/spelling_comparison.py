"""Compare which field each spelling names in two policies: a spelling that moves takes its values along."""

from collections.abc import Iterator

from schemas.policy.differences import ABSENT, Difference, compare_text, neutral, stronger, weaker
from schemas.policy.field_comparison import GONE, PEOPLE, is_stricter
from schemas.policy.field_names import normalise
from schemas.policy.policy import FieldPolicy, Policy, Treatment


def compare_spellings(old: Policy, new: Policy) -> Iterator[Difference]:
    """Yield the spellings that came, went or moved, the prefixes too; those of a whole new field are not listed."""
    names = {rule.name for rule in old.fields}, {rule.name for rule in new.fields}
    spellings = {
        normalise(spelling): spelling
        for policy in (new, old)
        for rule in policy.fields
        for spelling in (*rule.aliases, rule.name)
    }
    for spelling in spellings.values():
        before, after = old.field_of(spelling), new.field_of(spelling)
        if before == after:
            continue
        if after is None and before in names[1]:
            yield _gone(spelling, old[before or ""])
        elif before is None and after in names[0]:
            yield _come(spelling, new[after or ""])
        elif before is not None and after is not None:
            yield _moved(spelling, old[before], new[after])
    yield from _compare_order(old, new)
    yield from _compare_prefixes(old, new)


def _gone(spelling: str, rule: FieldPolicy) -> Difference:
    place = f"fields.{rule.name}.aliases"
    if rule.treatment in PEOPLE:
        return weaker(place, spelling, ABSENT, GONE)
    if rule.treatment is Treatment.DROP:
        return weaker(
            place, spelling, ABSENT, "unknown fields may be kept as text by --unknown-fields=redact"
        )
    return stronger(place, spelling, ABSENT, "its values are no longer stored")


def _come(spelling: str, rule: FieldPolicy) -> Difference:
    place = f"fields.{rule.name}.aliases"
    if rule.treatment is Treatment.DROP:
        return stronger(place, ABSENT, spelling, "its values are dropped whatever becomes of unknown fields")
    if rule.treatment in PEOPLE:
        return stronger(place, ABSENT, spelling, "its values are replaced, in the event's texts too")
    return weaker(place, ABSENT, spelling, "values that had no purpose, and were dropped, are stored")


def _moved(spelling: str, before: FieldPolicy, after: FieldPolicy) -> Difference:
    shown = f"aliases.{spelling}", before.name, after.name
    same = (before.treatment, before.form if before.treatment is Treatment.KEEP else None) == (
        after.treatment,
        after.form if after.treatment is Treatment.KEEP else None,
    )
    if after.retention_days > before.retention_days:
        return weaker(
            *shown, f"its values may stay {after.retention_days} days, before {before.retention_days}"
        )
    if same:
        return neutral(*shown, "its values are treated alike in both fields")
    if is_stricter(after.treatment, before.treatment):
        return stronger(*shown, f"its values: {after.treatment}, before {before.treatment}")
    return weaker(*shown, f"its values: {after.treatment}, before {before.treatment}")


def _compare_order(old: Policy, new: Policy) -> Iterator[Difference]:
    for rule in new.fields:
        earlier = next((one for one in old.fields if one.name == rule.name), None)
        if earlier is None:
            continue
        shared = set(map(normalise, earlier.aliases)) & set(map(normalise, rule.aliases))
        before, after = (
            [alias for alias in one.aliases if normalise(alias) in shared] for one in (earlier, rule)
        )
        yield from compare_text(
            f"fields.{rule.name}.aliases",
            " ".join(before),
            " ".join(after),
            "which of several keys goes first, or how it is written",
        )


def _compare_prefixes(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = _prefixes(old), _prefixes(new)
    for prefix in sorted(before - after):
        yield weaker("alias_prefixes", prefix, ABSENT, "people behind it are no longer looked for in texts")
    for prefix in sorted(after - before):
        yield weaker("alias_prefixes", ABSENT, prefix, "values behind it, which were dropped, are stored")


def _prefixes(policy: Policy) -> set[str]:
    """Return the prefixes behind which every spelling of a policy is known too, normalised."""
    spellings = [normalise(text) for rule in policy.fields for text in (rule.name, *rule.aliases)]
    first = spellings[0]
    candidates = {key.removesuffix(first) for key in policy.aliases if key.endswith(first)} - {""}
    known = policy.aliases.keys()
    return {prefix for prefix in candidates if all(prefix + spelling in known for spelling in spellings)}
