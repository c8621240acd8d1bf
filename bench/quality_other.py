"""Events of another profile than the project's generator: names, ids, carriers and kinds of their own, from one seed.

Nothing is shared with ../shared/tools/make_events.py: names are made of syllables and stand in no list, messages were
written from how values, quotes, keys and sentences work in logs. Every value has a cue or a form. The detectors are
not to be fitted to it.
"""

import re
from collections.abc import Callable, Iterator
from random import Random

from quality_forms import Mark
from quality_samples import Sample

_MARKED = re.compile(r"«(\w+)»")
_SYLLABLES = "ba dru fel gho hix jor kly lum mev nax oph pru qil rast siv tha ulm vek wyn yst zorb".split()
_HOSTS = ("relay", "ingest", "edge", "vault", "ledger", "assay")
_ZONES = ("example.net", "example.org", "lab.example.com", "163.com", "uni.example.edu")
_TEMPLATES = (
    ("USERNAME", 'authn: outcome=DENY principal="«login»" realm=clinic attempts=4'),
    ("USERNAME", "session opened for user «login» by (uid=0)"),
    ("USERNAME", "worker-7 stage 3: owner: «login», queue: long, mem: 64G"),
    ("USERNAME", '{"ts":17,"actor":{"userName":"«login»"},"verb":"delete","ok":true}'),
    ("USERNAME", "copied /home/«login»/runs/align.bam to cold storage in 35 ms"),
    ("USERNAME", "ACCESS GRANTED: CLINIC\\«login» on gate 12"),
    ("USERNAME", 'FATAL:  password authentication failed for user "«login»"'),
    ("USERNAME", "sudo:   «login» : TTY=pts/2 ; PWD=/srv ; USER=root ; COMMAND=/bin/ls"),
    ("USERNAME", "登录用户：«login»，结果：成功，耗时 12ms"),
    ("USERNAME", "login=«login» status=locked"),
    ("EMAIL", "bounce: rcpt <«mail»> deferred 4.2.1 mailbox busy"),
    ("EMAIL", "notify('«mail»', level=3)"),
    ("EMAIL", "invite sent to «mail» and 2 others"),
    ("EMAIL", "reset?to=«mail»&step=2 took 80 ms"),
    ("EMAIL", "邮箱：«mail» 已验证"),
    ("PHONE", "callback tel=«phone» retry in 30s"),
    ("PHONE", "SMS to «phone» queued as part 1/2"),
    ("PHONE", "联系电话 «mobile»，请回拨"),
    ("PHONE", '{"mobile":"«mobile»","lang":"zh"}'),
    ("IP_ADDRESS", "peer «v4» closed the connection after 17 frames"),
    ("IP_ADDRESS", "accept [«v6»]:443 tls=1.3"),
    ("IP_ADDRESS", "nat «v4»:51515 -> 8443/tcp"),
    ("PERSON", "Patient name: «person»; ward 4B"),
    ("PERSON", '{"fullName":"«person»","role":"curator"}'),
    ("PERSON", "患者姓名：«han»，床号 12"),
    ("SECRET", "connect dsn=pg://svc:«secret»@db:5432/x timeout 3"),
    ("SECRET", "export API_TOKEN=«secret»"),
    ("SECRET", 'headers={"Authorization": "Bearer «secret»"}'),
    ("SECRET", "retrying with password=«secret» (2 of 3)"),
    ("CREDIT_CARD", "charge declined, card number «card»"),
    ("IBAN_CODE", "refund to «iban» scheduled"),
    ("CN_ID_CARD", "实名校验 «resident» 不一致"),
    ("UIN", "billing uin=«uin» cycle closed"),
    ("MAC_ADDRESS", "dhcp offer to «mac» lease 3600"),
    ("PATIENT_ID", "merge of MRN: «mrn» finished"),
    ("BIRTH_DATE", "demographics: dob=«born», sex=F"),
)


def other_samples(seed: str, count: int) -> list[Sample]:
    """Return the texts of so many events with their marks, the same for the same seed."""
    random = Random(f"other profile {seed}")
    return list(_samples(random, seed, count))


def _samples(random: Random, seed: str, count: int) -> Iterator[Sample]:
    for line in range(1, count + 1):
        entity, template = _TEMPLATES[line % len(_TEMPLATES)]
        match = _MARKED.search(template)
        assert match is not None
        value = _VALUES[match[1]](random)
        start = match.start()
        text = f"{template[:start]}{value}{template[match.end() :]}"
        mark = Mark(start, start + len(value), entity, match[1])
        yield Sample(f"other/{seed}", line, "output", text, (mark,), (), (), ())


def _word(random: Random, least: int = 2) -> str:
    return "".join(random.choices(_SYLLABLES, k=random.randint(least, 3)))


def _login(random: Random) -> str:
    plain = _word(random)
    return random.choice(
        [
            plain,
            f"{plain}{random.randint(2, 99)}",
            f"{_word(random)}.{plain}",
            f"{plain[0]}_{_word(random)}",
            f"{plain}-adm",
        ]
    )


def _person(random: Random) -> str:
    return f"{_word(random).capitalize()} {_word(random).capitalize()}"


def _v6(random: Random) -> str:
    return "2001:db8:" + ":".join(f"{random.randrange(1, 1 << 16):x}" for _ in range(6))


def _card(random: Random) -> str:
    body = "4" + "".join(random.choices("0123456789", k=14))
    return body + next(digit for digit in "0123456789" if _luhn(body + digit))


def _luhn(number: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


def _iban(random: Random) -> str:
    body = "".join(random.choices("0123456789", k=18))
    check = 98 - int(body + "131400") % 97  # DE as digits, ISO 13616-1
    return f"DE{check:02d}{body}"


def _resident(random: Random) -> str:
    born = f"{random.randint(1950, 2009)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    body = f"440308{born}{random.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


_VALUES: dict[str, Callable[[Random], str]] = {
    "login": _login,
    "mail": lambda random: f"{_login(random)}@{random.choice(_HOSTS)}.{random.choice(_ZONES)}",
    "phone": lambda random: (
        f"+{random.choice(['44 20', '49 30', '1 415', '81 3'])} {random.randint(5550000, 5559999)}"
    ),
    "mobile": lambda random: (
        f"1{random.choice('3578')}{random.randint(0, 9)}{random.randint(0, 99999999):08d}"
    ),
    "v4": lambda random: (
        f"{random.choice([198, 203, 37, 91])}." + ".".join(str(random.randint(1, 254)) for _ in range(3))
    ),
    "v6": _v6,
    "person": _person,
    "han": lambda random: (
        random.choice("欧施孔戚谢邹喻柏水窦")
        + "".join(random.choices("澜岚沐宸煜珩玥霁", k=random.randint(1, 2)))
    ),
    "secret": lambda random: "".join(
        random.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNP23456789", k=random.randint(14, 28))
    ),
    "card": _card,
    "iban": _iban,
    "resident": _resident,
    "uin": lambda random: str(random.randint(100_000_000_000, 100_099_999_999)),
    "mac": lambda random: ":".join(f"{random.randrange(256):02x}" for _ in range(6)),
    "mrn": lambda random: f"H{random.randint(1_000_000, 9_999_999)}",
    "born": lambda random: (
        f"{random.randint(1930, 2020)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    ),
}
