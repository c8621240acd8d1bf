"""What stands behind a key that names a secret goes, however the pair is written; what is a scheme or a word stays."""

import pytest

from transforms.detect import Detection

REDACTOR = Detection().build()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("authorization=k3y-of-doors ok", "authorization=<SECRET> ok", id="pair"),
        pytest.param("Authorization: k3y-of-doors", "Authorization: <SECRET>", id="header"),
        pytest.param(
            '{"proxy-authorization": "k3y-of-doors"}', '{"proxy-authorization": "<SECRET>"}', id="json"
        ),
        pytest.param(
            '{"key":"authorization","value":{"stringValue":"k3y-of-doors"}}',
            '{"key":"authorization","value":{"stringValue":"<SECRET>"}}',
            id="attribute of OTLP",
        ),
        pytest.param(
            '{"name":"api-token","value":"k3y-of-doors"}',
            '{"name":"api-token","value":"<SECRET>"}',
            id="member",
        ),
        pytest.param(
            "Authorization: TC3-HMAC-SHA256 Credential=x, Signature=72e4",
            "Authorization: TC3-HMAC-SHA256 <SECRET>",
            id="scheme and secret",
        ),
        pytest.param("authorization=required", "authorization=required", id="word"),
        pytest.param("authorization: denied by rule 7", "authorization: denied by rule 7", id="prose"),
        pytest.param(
            "signed with authorization=AWS4-HMAC-SHA256",
            "signed with authorization=AWS4-HMAC-SHA256",
            id="scheme alone",
        ),
    ],
)
def test_a_value_behind_a_key_for_secrets(text: str, expected: str) -> None:
    assert REDACTOR.redact([text], [()])[0].text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r"user=CORP\wronat17 on CORP", r"user=CORP\<USERNAME> on CORP", id="one backslash"),
        pytest.param(r"user=CORP\\wronat17 on CORP", r"user=CORP\\<USERNAME> on CORP", id="an escaped one"),
        pytest.param(
            r"operator: corp.example\li.na;", r"operator: corp.example\<USERNAME>;", id="a host's name"
        ),
        pytest.param(
            r"user=CORP\tomek on CORP", r"user=<USERNAME>\<USERNAME> on CORP", id="what may be an escape"
        ),
        pytest.param(r"user=wronat17\nuser=li.na", r"user=<USERNAME>\nuser=<USERNAME>", id="an escape"),
    ],
)
def test_a_domain_is_no_account(text: str, expected: str) -> None:
    assert REDACTOR.redact([text], [()])[0].text == expected
