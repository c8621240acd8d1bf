import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.detect import TextRedactor
from transforms.detect.columns import COLUMN, Columns
from transforms.detect.scan import ENGINES, compile_scan
from transforms.detect.vocabulary import Vocabulary

_COLUMNS = Columns(Vocabulary())


def _found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in _COLUMNS.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "JobID|User|State\n88123|l.qiao|COMPLETED\n88124|mei-ling|FAILED",
            [("USERNAME", "l.qiao"), ("USERNAME", "mei-ling")],
            id="a delimiter",
        ),
        pytest.param(
            'id,login,full_name,mrn\n1,"pkaur","Preet Kaur",004412\n2,zkam,Zofia Kamińska,004413',
            [
                ("USERNAME", "pkaur"),
                ("PERSON", "Preet Kaur"),
                ("PATIENT_ID", "004412"),
                ("USERNAME", "zkam"),
                ("PERSON", "Zofia Kamińska"),
                ("PATIENT_ID", "004413"),
            ],
            id="an export with quotes",
        ),
        pytest.param(
            "JOBID        USER     NAME       ST\nf2x7yZabc    achu     relion      R",
            [("USERNAME", "achu")],
            id="the place below the heading",
        ),
        pytest.param(
            "  Cluster    Login      Proper Name   Used\n--------- -------- ---------------- ------\n"
            "     main   obrien  Siobhan O'Brien     12",
            [("USERNAME", "obrien"), ("PERSON", "Siobhan O'Brien")],
            id="values to the right of their column and a rule",
        ),
        pytest.param(
            "JOBID PARTITION USER STATE TIME\n88123 long krzysiek RUNNING 1:02:03",
            [("USERNAME", "krzysiek")],
            id="the number of the word between single blanks",
        ),
        pytest.param("用户名,部门,手机\nhanmeimei,数据部,13812345678", [
            ("USERNAME", "hanmeimei"),
            ("PHONE", "13812345678"),
        ], id="Chinese headings"),
    ],
)  # fmt: skip
def test_what_stands_below_a_heading_is_what_the_heading_says(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert _found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("the user, login and password\nare not here, see manual", id="prose"),
        pytest.param("login, user, x\nare, words, here", id="a list"),
        pytest.param("JOBID USER\n", id="no rows"),
        pytest.param("id,login\n\n1,tomek", id="an empty line ends the table"),
        pytest.param("id,login\n1,tomek,7", id="a row of another table"),
        pytest.param("Cluster  Account  Used\n main   bioseq   12", id="accounts that jobs are charged to"),
        pytest.param("Started user session\nfor tomek now ok", id="a sentence"),
    ],
)
def test_other_lines_are_no_tables(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trigger_occurs_wherever_a_table_is_found(engine: str) -> None:
    _, scan = compile_scan([_COLUMNS.trigger], engine)
    cells = st.sampled_from(
        ["USER", "user", "login", "NAME", "x", "tomek", "用户", "Email", "TIME", " ", "  ", ""]
    )
    joints = st.sampled_from(["|", ",", "\t", ";", " ", "  ", "\n", "/", '"'])

    @settings(max_examples=300, deadline=None)
    @given(parts=st.lists(st.tuples(cells, joints), max_size=14))
    def check(parts: list[tuple[str, str]]) -> None:
        text = "".join(cell + joint for cell, joint in parts)
        assert scan([text])[0] or not list(_COLUMNS.find(text))

    check()


def test_a_table_is_redacted_in_a_text(redactor: TextRedactor) -> None:
    text = "queue:\nJOBID        USER     NAME       ST\n4711         wronat17 relion      R\n"

    (found,) = redactor.redact([text], [()])

    assert "wronat17" not in found.text
    assert "relion" in found.text
    assert _COLUMNS.name == COLUMN
