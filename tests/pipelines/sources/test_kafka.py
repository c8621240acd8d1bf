"""A connection holds no secret, and refuses options that contradict each other."""

import pickle
from pathlib import Path

import pytest

from pipelines.sources.kafka import PASSWORD_VARIABLE, KafkaConnection, read_secret
from schemas.errors import OptionsError

SECRET = "AKIDexample#swordfish"


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o600)
    return path


def test_a_plain_connection_jumps_over_nothing_and_commits_nothing_by_itself():
    config = KafkaConnection("broker:9092").consumer_config("group", {})
    assert config["security.protocol"] == "PLAINTEXT"
    assert config["auto.offset.reset"] == "error"
    assert config["enable.auto.commit"] is False
    assert config["isolation.level"] == "read_committed"
    assert not any(name.startswith(("sasl", "ssl")) for name in config)


@pytest.mark.parametrize(("tls", "protocol"), [(False, "SASL_PLAINTEXT"), (True, "SASL_SSL")])
def test_the_password_comes_from_its_file_where_the_connection_is_made(password_file, tls, protocol):
    connection = KafkaConnection("b:1", "cls", password_file, tls=tls)
    config = connection.client_config({})
    assert (config["security.protocol"], config["sasl.username"], config["sasl.password"]) == (
        protocol,
        "cls",
        SECRET,
    )
    assert SECRET.encode() not in pickle.dumps(connection)


def test_the_password_may_come_from_the_environment():
    config = KafkaConnection("b:1", "cls").client_config({PASSWORD_VARIABLE: SECRET})
    assert config["sasl.password"] == SECRET


def test_tls_files_are_passed_on():
    connection = KafkaConnection(
        "b:1", tls=True, tls_ca=Path("/ca"), tls_certificate=Path("/c"), tls_key=Path("/k")
    )
    config = connection.client_config({})
    assert config["security.protocol"] == "SSL"
    assert [config[f"ssl.{name}.location"] for name in ("ca", "certificate", "key")] == ["/ca", "/c", "/k"]


def test_the_log_service_s_endpoint_is_read_without_transactions():
    config = KafkaConnection("b:1", "logset", cls=True).consumer_config("g", {PASSWORD_VARIABLE: SECRET})
    assert config["isolation.level"] == "read_uncommitted"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mechanism": "GSSAPI"}, "--sasl-mechanism is one of"),
        ({"password_file": Path("x")}, "needs --sasl-user"),
        ({"tls_ca": Path("x")}, "need --tls"),
        ({"tls": True, "tls_key": Path("x")}, "come together"),
        ({"cls": True}, "the id of the logset"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, said):
    with pytest.raises(OptionsError, match=said):
        KafkaConnection("b:1", **options)


def test_a_user_without_a_password_is_refused():
    with pytest.raises(OptionsError, match=f"--sasl-password-file or the variable {PASSWORD_VARIABLE}"):
        KafkaConnection("b:1", "cls").client_config({})


def test_a_secret_that_others_could_read_is_refused(password_file):
    password_file.chmod(0o640)
    with pytest.raises(OptionsError, match="has mode 0640"):
        read_secret(password_file)


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_text_is_no_secret(password_file, data):
    password_file.write_bytes(data)
    with pytest.raises(OptionsError, match="holds no text"):
        read_secret(password_file)


def test_a_secret_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OptionsError, match=r"cannot read .*nowhere: No such file"):
        read_secret(tmp_path / "nowhere")
