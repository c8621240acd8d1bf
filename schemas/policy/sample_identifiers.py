"""Identifiers that no form of a kept value may match: made up, and of every kind that a log holds in the clear."""

from functools import cache
from itertools import product

_SURNAMES = "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo deng qian fang".split()
_GIVEN = "wei xiaoming na jing yuting qiao bob amy eve ivan jose kate olga paul quinn rosa steve tom uma yan".split()
_WESTERN = (
    "adam anna berta carlos carol charles chris clara daniel david diana elena emma erik felix frank george hans helen"
    " henry igor irene jack james jane joe john julia karl laura linda lisa lucas luis maria mark martin mary max"
    " michael mike mohamed nadia nina oliver omar oscar patricia peter petra priya raj richard robert ruth sam sara"
    " simon sofia susan thomas tim tina victor walter william xavier yuki yusuf zoe"
).split()
_SHORT = "root3 x9 zhangsan a.b_c dba7 88zhang wang.xiao.ming wang_xiao_ming li-na-1 zhang13800138000".split()
_LONG = "zhangxiaoming wangxiaohong christopher.smith maximilianmuellerschmidt jean-baptiste_dupont".split()
_FULL = (
    "Anna Smith",
    "anna smith",
    "ANNA SMITH",
    "Wang Xiaoming",
    "Smith, Anna",
    "José García",
    "Müller",
    "Иван Петров",
    "O'Brien",
)
_CHINESE = ("张伟", "王小明", "李娜", "欧阳娜娜", "陈 静", "司马光", "张三丰", "赵六")
_PHONES = (
    "13800138000",
    "18612345678",
    "+8613800138000",
    "+86 138 0013 8000",
    "138-0013-8000",
    "010-62345678",
)
_ABROAD = ("+14155552671", "+44 20 7946 0958", "(415) 555-2671", "4155552671")
_MAIL = (
    "anna.smith@example.com",
    "lin@example.org",
    "13800138000@example.cn",
    "o'brien+x@mail.example.co.uk",
)
_ADDRESSES = (
    "203.0.113.77",
    "10.1.0.20",
    "192.168.1.7:443",
    "2001:db8:1:2::7",
    "::ffff:203.0.113.77",
    "fe80::1%eth0",
)
_LINKS = ("00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7", "001b.4411.3ab7")
_RESIDENTS = ("11010519491231002X", "440308199901101512", "320311770706001", "110105 19491231 002X")
_CARDS = ("6222021234567890128", "4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004")
_UINS = (
    "100012345678",
    "700001234567",
    "3205597606",
    "2407912486",
    "909619400",
    "88881234",
    "200012345678901",
)
_RECORDS = (
    "MRN00123456",
    "P-2024-00137",
    "7654321",
    "20261234",
    "BH2024001234",
    "E12345678",
    "G12345678",
    "S23-00412",
)
_PATHS = (
    "/home/zhangwei",
    "C:\\Users\\zhangwei",
    "CORP\\zhangwei",
    "zhangwei@CORP",
    "user=zhangwei",
    "uid=100012345678",
)
_SECRETS = (
    "AKIAIOSFODNN7EXAMPLE",
    "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    "hunter2!Pass",
    "correct horse battery",
    "Bearer abc.def-ghi_jkl",
)

_SENTENCES = (
    "user zhangwei logged in from 203.0.113.77",
    "Failed password for anna.smith from 10.1.0.20 port 22 ssh2",
    "mail sent to anna.smith@example.com by Wang Xiaoming, UIN 100012345678, in 35 ms",
    "zhangwei, lisi",
    "zhangwei;13800138000",
    "用户张伟登录成功",
    '{"user": "zhangwei", "uin": "100012345678"}',
    "user=zhangwei&uin=100012345678&phone=13800138000",
)
_LINKED = (
    "https://h.example/users/zhangwei/runs?user=zhangwei",
    "/api/v1/users/zhangwei",
    "h.example/~zhangwei",
    "zhangwei.h.example.com",
)

KINDS: dict[str, tuple[str, ...]] = {
    "a UIN": _UINS,
    "a telephone number": _PHONES + _ABROAD,
    "an e-mail address": _MAIL,
    "an address of a host": _ADDRESSES + _LINKS,
    "a resident id": _RESIDENTS,
    "a bank card": _CARDS,
    "a number of a patient or a passport": _RECORDS,
    "a path or an assignment with a user name": _PATHS,
    "a secret": _SECRETS,
    "a sentence with a user name": _SENTENCES,
    "a URL with a user name": _LINKED,
    "a person's name": _FULL + _CHINESE,
}
"""Samples of identifiers other than user names, by what they are called."""

LONG_NAMES = (*_LONG, *map(str.capitalize, _LONG))
"""User names that are longer than an opaque id behind the prefix of a resource."""


@cache
def user_names() -> tuple[str, ...]:
    """Return made-up user names: as people form them, short and long, in small letters, capitals and mixed.

    Example:
        >>> {"zhangwei", "zhang.wei", "ZHANGWEI", "Zhangwei", "zhangwei07", "ZhangWei", "bob"} <= set(user_names())
        True
    """
    plain = [*_SHORT, *_LONG, *_SURNAMES, *_GIVEN, *_WESTERN]
    plain += [
        f"{surname}{mark}{given}" for surname, given, mark in product(_SURNAMES, _GIVEN, ("", ".", "_", "-"))
    ]
    plain += [f"{given[0]}{surname}" for surname, given in product(_SURNAMES, _GIVEN)]
    names = [spelled for name in plain for spelled in (name, name.upper(), name.capitalize())]
    for surname, given in product(_SURNAMES[:6], _GIVEN):
        names.append(f"{surname}{given}07")
        names.append(f"{surname}{given}1988")
        names.append(f"{surname.capitalize()}{given.capitalize()}")
        names.append(f"{given}{surname.capitalize()}")
    return tuple(names)
