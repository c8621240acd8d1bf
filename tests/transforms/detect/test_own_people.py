from unicodedata import normalize
from urllib.parse import quote

import pytest

from transforms.detect import Detection, Known

PEOPLE = (
    Known("zhang.wei", "usr_1_zzzzzzzzzzzzzzzzzzzz", "USERNAME"),
    Known("100001234567", "uin_1_nnnnnnnnnnnnnnnnnnnn", "UIN"),
    Known("203.0.113.77", "203.0.113.0/24", "IP_ADDRESS"),
    Known("root", "usr_1_rrrrrrrrrrrrrrrrrrrr", "USERNAME"),
    Known("li", "usr_1_llllllllllllllllllll", "USERNAME"),
)
REDACTOR = Detection().build()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("task of zhang.wei done", "task of usr_1_zzzzzzzzzzzzzzzzzzzz done", id="plain"),
        pytest.param("ZHANG.WEI", "usr_1_zzzzzzzzzzzzzzzzzzzz", id="upper case"),
        pytest.param("/data/zhang.wei/x.bam", "/data/usr_1_zzzzzzzzzzzzzzzzzzzz/x.bam", id="path"),
        pytest.param("a=zhang%2Ewei;", "a=usr_1_zzzzzzzzzzzzzzzzzzzz;", id="percent-encoded"),
        pytest.param("z\u200bhang.wei", "usr_1_zzzzzzzzzzzzzzzzzzzz", id="zero-width character inside"),
        pytest.param("zhang.wei.omics.example", "usr_1_zzzzzzzzzzzzzzzzzzzz.omics.example", id="host name"),
        pytest.param("用户zhang.wei登录", "用户usr_1_zzzzzzzzzzzzzzzzzzzz登录", id="between Han characters"),
        pytest.param("u100001234567.ci", "uuin_1_nnnnnnnnnnnnnnnnnnnn.ci", id="number behind a letter"),
        pytest.param("at 203.0.113.77:80", "at 203.0.113.0/24:80", id="address with port"),
        pytest.param("zhang.weiqi xzhang.wei", "zhang.weiqi xzhang.wei", id="part of longer words"),
        pytest.param("9100001234567", "9100001234567", id="part of a longer number"),
        pytest.param("mail li.zhang.wei@example.com", "mail <EMAIL>", id="within another's mail address"),
        pytest.param(
            "u_zhang.wei@example.com logged in", "<EMAIL> logged in", id="end of another's mail address"
        ),
        pytest.param("root cause, light", "root cause, light", id="common and short names without a cue"),
    ],
)
def test_the_events_own_people_get_the_replacement_of_their_field(text: str, expected: str) -> None:
    assert REDACTOR.redact([text], [PEOPLE])[0].text == expected


def test_a_common_name_next_to_a_cue_gets_the_replacement_of_its_field() -> None:
    redacted = REDACTOR.redact(["session opened for user root at 9"], [PEOPLE])[0]

    assert redacted.text == "session opened for user usr_1_rrrrrrrrrrrrrrrrrrrr at 9"


def test_a_text_that_repeats_is_redacted_for_each_events_own_people() -> None:
    other = (Known("done", "<X>", "USERNAME"), Known("maria_g", "usr_1_mmmmmmmmmmmmmmmmmmmm", "USERNAME"))
    text = "zhang.wei and maria_g"

    results = REDACTOR.redact([text, text, text], [PEOPLE, other, ()])

    assert [result.text for result in results] == [
        "usr_1_zzzzzzzzzzzzzzzzzzzz and maria_g",
        "zhang.wei and usr_1_mmmmmmmmmmmmmmmmmmmm",
        text,
    ]


@pytest.mark.parametrize("stated", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "name",
    [
        "m\u00fcller",
        "nguy\u1ec5n.v\u0103n",
        "\uae40\ubbfc\uc218",
        "\u0905\u0928\u093f\u0924\u093e",
        "ad\u00e9b\u00e1y\u1ecd\u0300",
    ],
)
def test_a_name_is_one_however_its_marks_are_written(name: str, stated: str, written: str) -> None:
    known = Known(normalize(stated, name), "usr_1_mmmmmmmmmmmmmmmmmmmm", "USERNAME")
    as_written = normalize(written, name)
    texts = [
        f"of {as_written}.",
        f"/srv/{as_written}/x",
        f"https://h.example/{quote(as_written)}?x",
        f"用户{as_written}",
    ]

    redacted = [one.text for one in REDACTOR.redact(texts, [[known]] * 4)]

    assert redacted == [
        "of usr_1_mmmmmmmmmmmmmmmmmmmm.",
        "/srv/usr_1_mmmmmmmmmmmmmmmmmmmm/x",
        "https://h.example/usr_1_mmmmmmmmmmmmmmmmmmmm?x",
        "用户usr_1_mmmmmmmmmmmmmmmmmmmm",
    ]
