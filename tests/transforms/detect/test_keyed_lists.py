"""Lists of people behind a key go member by member, however they are written; lists of anything else stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.file import default_policy
from transforms.detect import Detection

REDACTOR = Detection.of(default_policy()).build()


def redacted(text: str) -> str:
    return REDACTOR.redact([text], [()])[0].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("uins=100012345678,100023456789", "uins=<UIN>,<UIN>", id="commas"),
        pytest.param('{"uins":["100012345678","100023456789"]}', '{"uins":["<UIN>","<UIN>"]}', id="JSON"),
        pytest.param('{"ownerUins": [\n  100012345678\n]}', '{"ownerUins": [\n  <UIN>\n]}', id="JSON over lines"),
        pytest.param(r"{\"uins\":[\"100012345678\"]}", r"{\"uins\":[\"<UIN>\"]}", id="JSON in a string"),
        pytest.param('"uins":["100012345678","1000234', '"uins":["<UIN>","<UIN>', id="JSON that is cut"),
        pytest.param("userIDs: 100012345678 100023456789", "userIDs: <UIN> <UIN>", id="blanks"),
        pytest.param("UinList=(100012345678|100023456789)", "UinList=(<UIN>|<UIN>)", id="a list by its name"),
        pytest.param("用户名列表：wronat17、li.na", "用户名列表：<USERNAME>、<USERNAME>", id="a list by its Chinese name"),
        pytest.param("where uin in (100012345678, 100023456789)", "where uin in (<UIN>, <UIN>)", id="SQL"),
        pytest.param("user_name NOT IN ('wronat17')", "user_name NOT IN ('<USERNAME>')", id="SQL, not in"),
        pytest.param("uin=100012345678,100023456789", "uin=<UIN>,<UIN>", id="several behind a key of one"),
        pytest.param("账号:wronat17,登录成功", "账号:<USERNAME>,登录成功", id="what became of an account is no other"),
        pytest.param("用户:张伟,李娜 已锁定", "用户:<USERNAME>,<USERNAME> 已锁定", id="Chinese names"),
        pytest.param("users=[anna, bolek, tomek]", "users=[<USERNAME>, <USERNAME>, <USERNAME>]", id="brackets"),
        pytest.param("usernames=[anna bolek]", "usernames=[<USERNAME> <USERNAME>]", id="blanks in brackets"),
        pytest.param("users: anna, bolek", "users: <USERNAME>, <USERNAME>", id="prose"),
        pytest.param(
            "members: anna, bob and tomek", "members: <USERNAME>, <USERNAME> and <USERNAME>", id="an ordinary word in company"
        ),
        pytest.param("accounts=(anna|tomek)", "accounts=(<USERNAME>|<USERNAME>)", id="bars"),
        pytest.param("users = {anna; tomek}", "users = {<USERNAME>; <USERNAME>}", id="braces"),
        pytest.param('users="anna,tomek"', 'users="<USERNAME>,<USERNAME>"', id="quotes"),
        pytest.param("added users anna & tomek", "added users <USERNAME> & <USERNAME>", id="no mark behind the key"),
        pytest.param("owners:\n  - anna\n  - 'tomek'\nx", "owners:\n  - <USERNAME>\n  - '<USERNAME>'\nx", id="YAML"),
        pytest.param("actors=tomek", "actors=<USERNAME>", id="one behind a plural"),
        pytest.param("notify=a@x.cn;b@y.cn", "notify=<EMAIL>;<EMAIL>", id="mail addresses"),
        pytest.param('full_names: ["Anna Smith", "Bo Li"]', 'full_names: ["<PERSON>", "<PERSON>"]', id="persons"),
        pytest.param("phones: [13800138000]", "phones: [<PHONE>]", id="telephones"),
        pytest.param("passwords=[hunter2x, tiger-9]", "passwords=[<SECRET>, <SECRET>]", id="secrets"),
    ],
)  # fmt: skip
def test_each_member_of_a_list_goes(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "modes=[fast, slow]",
        "users=active, locked",
        "users: 1234567 active",
        "users=[3, 4]",
        "users: total=3, active=2",
        "accounts: disabled, locked",
        "owners: read, write",
        "members: none",
        "members=[node-1, node-2]",
        "tokens=1532 max_tokens: 4096",
        "tokens: [PAD], [CLS]",
        "uids=[1000,1001]",
        "users and groups synced",
        "the users list is empty",
        "the users logged in, and then left",
        "uin in (select uin from t)",
        '"users":{"total":3,"active":2}',
        "class passes=[a1b2, c3d4]",
    ],
)
def test_words_of_logs_stay(text: str) -> None:
    assert redacted(text) == text


@given(
    st.lists(
        st.sampled_from(
            ["users", "uins", "anna", "and", ",", "=", "[", "]", '"', " ", "\n", "- ", "100012345678"]
        )
    )
)
def test_members_lie_apart_and_in_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    (spans,) = REDACTOR.spans([text], [()])

    ends = [0, *(span.end for span in spans)]
    assert all(end <= span.start < span.end <= len(text) for end, span in zip(ends, spans, strict=False))
