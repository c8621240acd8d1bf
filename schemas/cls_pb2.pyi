from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Log(_message.Message):
    __slots__ = ("time", "contents")
    class Content(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TIME_FIELD_NUMBER: _ClassVar[int]
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    time: int
    contents: _containers.RepeatedCompositeFieldContainer[Log.Content]
    def __init__(self, time: _Optional[int] = ..., contents: _Optional[_Iterable[_Union[Log.Content, _Mapping[str, object]]]] = ...) -> None: ...

class LogTag(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class LogGroup(_message.Message):
    __slots__ = ("logs", "contextFlow", "filename", "source", "logTags")
    LOGS_FIELD_NUMBER: _ClassVar[int]
    CONTEXTFLOW_FIELD_NUMBER: _ClassVar[int]
    FILENAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    LOGTAGS_FIELD_NUMBER: _ClassVar[int]
    logs: _containers.RepeatedCompositeFieldContainer[Log]
    contextFlow: str
    filename: str
    source: str
    logTags: _containers.RepeatedCompositeFieldContainer[LogTag]
    def __init__(self, logs: _Optional[_Iterable[_Union[Log, _Mapping[str, object]]]] = ..., contextFlow: _Optional[str] = ..., filename: _Optional[str] = ..., source: _Optional[str] = ..., logTags: _Optional[_Iterable[_Union[LogTag, _Mapping[str, object]]]] = ...) -> None: ...

class LogGroupList(_message.Message):
    __slots__ = ("logGroupList",)
    LOGGROUPLIST_FIELD_NUMBER: _ClassVar[int]
    logGroupList: _containers.RepeatedCompositeFieldContainer[LogGroup]
    def __init__(self, logGroupList: _Optional[_Iterable[_Union[LogGroup, _Mapping[str, object]]]] = ...) -> None: ...
