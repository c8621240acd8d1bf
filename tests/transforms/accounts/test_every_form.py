"""Erasure by account, whatever form the logs wrote the account in: nothing of it is left, and nothing else goes."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from schemas.accounts import AccountRules, ErasureTarget
from schemas.events import RawRecord, Source
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from transforms.accounts.erasure import ERASED, RecordEraser
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, pseudonym
from transforms.redact_logs import RedactLogEvents

POLICY = default_policy()
KEY = PseudonymKey(bytes(range(32)), "1")
RULES = AccountRules.of(POLICY)
UIN, NAME = "100012345678", "lin.qiao"
BOB = {"uin": "100023456781", "username": "bob.wang"}
REDACT = RedactLogEvents(POLICY, KEY, NOW_MS).build()


def pseudonyms_of(uin, name):
    return pseudonym(KEY, "uin", "uin", RULES.uin(uin)), pseudonym(
        KEY, "usr", "username", RULES.username(name)
    )


ERASER = RecordEraser([ErasureTarget(one, "uin") for one in pseudonyms_of(UIN, NAME)])
OF_BOB = set(pseudonyms_of(*BOB.values()))

blanks = st.text(" \t\n\u3000\u200b\ufeff", max_size=2)
wide = str.maketrans({chr(plain): chr(plain + 0xFEE0) for plain in range(0x21, 0x7F)})
numbers = st.sampled_from(
    [UIN, int(UIN), float(UIN), "1.00012345678e+11", "1.00012345678E11", f"{UIN}.0", f"00{UIN}", [UIN], [float(UIN)],
     f'["{UIN}"]', f'"{UIN}"', f'="{UIN}"', UIN.translate(wide), "100,012,345,678", f"qcs::cam::uin/{UIN}"]
)  # fmt: skip
names = st.sampled_from(
    [NAME, NAME.upper(), NAME.title(), NAME.translate(wide), f"CORP\\{NAME}", f"{NAME}@CORP", f"{NAME}@EXAMPLE.COM",
     f"{NAME}@example.com", f"<{NAME}@example.com>", [NAME], f'["{NAME}"]', f"'{NAME}'@'%'", f"uid={NAME},ou=x,dc=y"]
)  # fmt: skip


def padded(forms):
    return st.tuples(blanks, forms, blanks).map(
        lambda parts: "".join(parts) if isinstance(parts[1], str) else parts[1]
    )


def events_of(field, form, keys):
    return st.builds(lambda key, value: {key: value}, st.sampled_from(keys), padded(form)) | st.builds(
        lambda value: {"user": {"id" if field == "uin" else "name": value}}, padded(form)
    )


OWN = events_of("uin", numbers, ["uin", "ownerUin", "userIdentity.accountId"]) | events_of(
    "username", names, ["username", "userName", "user.username"]
)


def written(fields):
    line = orjson.dumps({"__TIMESTAMP__": NOW_MS - 1000, **fields})
    [tagged] = REDACT([RawRecord(line, Source("a.jsonl", "00"))]).kept
    return {"event_time": tagged.event.event_time, **tagged.event.values, "others": dict(tagged.event.others)}


@given(OWN)
def test_an_event_of_the_account_goes_whatever_form_names_it(fields):
    assert ERASER.erase(written({**fields, "output": "done"})) is None


TEXTS = st.sampled_from([f"uin: {UIN}", f"user={NAME}", f"user={NAME.upper()}", f"uin={UIN} user={NAME}"])


@given(padded(names), TEXTS)
def test_the_event_of_another_stays_without_any_form_of_the_account(name, text):
    kept = ERASER.erase(written({**BOB, "operator": name, "output": f"bob.wang saw {text}"}))
    assert kept is not None
    left = set(PSEUDONYM.findall(str(kept)))
    assert not left & set(pseudonyms_of(UIN, NAME))
    assert left >= OF_BOB
    assert ERASED in kept["output"]
    assert ERASED in str(kept["others"])
