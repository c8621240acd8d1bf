"""Field names are compared without case and separators, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.field_names import normalise


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        pytest.param("request_id", "requestid", id="snake"),
        pytest.param("requestId", "requestid", id="camel"),
        pytest.param("RequestId", "requestid", id="pascal"),
        pytest.param("REQUEST-ID", "requestid", id="capitals and hyphen"),
        pytest.param("Request ID", "requestid", id="spaced"),
        pytest.param("http.request.id", "httprequestid", id="dotted path"),
        pytest.param("__TAG__.client_ip", "tagclientip", id="behind the tags"),
        pytest.param("sourceIPs.0", "sourceips0", id="item of a list"),
        pytest.param("来源 IP", "来源ip", id="Chinese"),
        pytest.param("客户端ＩＰ１", "客户端ip1", id="full-width"),
        pytest.param("Straße", "strasse", id="case-folded, not lower-cased"),
        pytest.param("--", "", id="separators only"),
    ],
)
def test_a_name_is_folded(name: str, folded: str) -> None:
    assert normalise(name) == folded


@given(st.text())
def test_folding_what_is_folded_changes_nothing(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)
