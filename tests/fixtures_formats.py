"""One event in every form in which the log service hands it over."""

import csv
import io
import json
from collections.abc import Callable, Mapping

from schemas.cls_pb2 import LogGroupList

TIME_MS = 1_795_392_000_000  # 2026-11-23T00:00:00Z
FIELDS: Mapping[str, str] = {"uin": "100001", "output": 'first\nsecond, "third"'}
EXPECTED = set(FIELDS.items())


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def plain_json() -> bytes:
    return _line({"__TIMESTAMP__": TIME_MS, **FIELDS})


def content_json() -> bytes:
    return _line({"__TIMESTAMP__": TIME_MS, "__CONTENT__": json.dumps(FIELDS), "__TAG__": {"region": "a-b"}})


def flat_tag_json() -> bytes:
    return _line({"__TIMESTAMP__": str(TIME_MS), "__TAG__.region": "a-b", **FIELDS})


def escaped_tag_json() -> bytes:
    return _line({"__TIMESTAMP__": TIME_MS // 1000, "__TAG__": '{"region":"a-b"}', **FIELDS})


def search_log() -> bytes:
    result = {"Time": TIME_MS, "TopicId": "t", "PkgId": "p", "PkgLogId": "1", "LogJson": json.dumps(FIELDS)}
    return json.dumps({"Response": {"Results": [result], "ListOver": True}}, indent=1).encode()


def comma_csv(separator: str = ",") -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerows([["__TIMESTAMP__", *FIELDS], [str(TIME_MS), *FIELDS.values()]])
    return written.getvalue().encode()


def log_groups() -> bytes:
    groups = LogGroupList()
    group = groups.logGroupList.add(filename="/var/log/x", source="10.0.0.1")
    log = group.logs.add(time=TIME_MS // 1000)
    for key, value in FIELDS.items():
        log.contents.add(key=key, value=value)
    group.logTags.add(key="region", value="a-b")
    return groups.SerializeToString()


FORMS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "json_lines": ("json", plain_json),
    "json_with_content_and_nested_tags": ("json", content_json),
    "json_with_flat_tags": ("json", flat_tag_json),
    "json_with_escaped_tags_and_seconds": ("json", escaped_tag_json),
    "search_log_response": ("searchlog", search_log),
    "csv_with_commas": ("csv", comma_csv),
    "csv_with_tabs": ("csv", lambda: comma_csv("\t")),
    "csv_with_semicolons": ("csv", lambda: comma_csv(";")),
    "csv_with_bars": ("csv", lambda: comma_csv("|")),
    "log_group_list": ("protobuf", log_groups),
}
