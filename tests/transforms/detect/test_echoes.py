import pytest

from transforms.detect import Detection, Known, TextRedactor


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param(
            "user=tomek@ldap msg=no such user ('tomek@ldap')",
            "user=<USERNAME> msg=no such user ('<USERNAME>')",
            id="account",
        ),
        pytest.param(
            "mail=a.b@c.cn sent, TO A.B@C.CN", "mail=<EMAIL> sent, TO <EMAIL>", id="mail-in-capitals"
        ),
        pytest.param("user=tomekw, dir=/x/%74omekw", "user=<USERNAME>, dir=/x/<USERNAME>", id="encoded"),
        pytest.param("user=root reads /root/x", "user=<USERNAME> reads /root/x", id="common"),
        pytest.param("user=bo says bo", "user=<USERNAME> says bo", id="short"),
        pytest.param("user=tomekw and tomekwx", "user=<USERNAME> and tomekwx", id="part-of-another-word"),
    ],
)
def test_what_a_cue_showed_goes_wherever_its_text_repeats_it(
    text: str, redacted: str, redactor: TextRedactor
) -> None:
    assert redactor.redact([text], [()])[0].text == redacted


def test_what_a_text_names_goes_in_the_other_texts_of_its_event(redactor: TextRedactor) -> None:
    people: list[Known] = []

    redacted = redactor.redact(["user=tomekw", "x tomekw y"], [people, people])

    assert [one.text for one in redacted] == ["user=<USERNAME>", "x <USERNAME> y"]


def test_what_an_event_names_stays_in_another_event(redactor: TextRedactor) -> None:
    first: list[Known] = []
    second: list[Known] = []

    redacted = redactor.redact(["user=tomekw", "x tomekw y"], [first, second])

    assert redacted[1].text == "x tomekw y"


def test_an_own_field_decides_what_its_value_becomes(redactor: TextRedactor) -> None:
    people = [Known("tomekw", "usr_1_zzzzzzzzzzzzzzzzzzzz", "USERNAME")]

    redacted = redactor.redact(["user=tomekw", "x tomekw y"], [people, people])

    assert [one.text for one in redacted] == [
        "user=usr_1_zzzzzzzzzzzzzzzzzzzz",
        "x usr_1_zzzzzzzzzzzzzzzzzzzz y",
    ]


def test_a_value_before_an_escaped_quote_is_found_again_and_a_domain_is_not() -> None:
    redactor = Detection().build()
    texts = [r"{\"user\": \"wronat17\"} wronat17 left", r"user=CORP\tomek on CORP"]

    assert [one.text for one in redactor.redact(texts, [(), ()])] == [
        r"{\"user\": \"<USERNAME>\"} <USERNAME> left",
        r"user=<USERNAME>\<USERNAME> on CORP",
    ]
