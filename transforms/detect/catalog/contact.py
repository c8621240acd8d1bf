"""Ways to reach a person: e-mail and telephone."""

import re

from transforms.detect.conditions import Before, Behind, Every, Holds, Not, Some, Valid
from transforms.detect.detector import Detector
from transforms.detect.neighbours import AFTER_CODE, AFTER_NUMBER, BEFORE_NUMBER, BEFORE_WORD, LETTERS

_FILE_ENDING = re.compile(
    r"(?i)@(?:\d+x\.|(?:\d+\.){2,})[a-z]+\Z|\.(?:png|jpe?g|gif|svg|webp|jar|tgz|js|css|html|java|log|service|target|socket|timer|mount|slice|scope)\Z"
    r"|@[^.]+\.py\Z"
)
_ALGORITHM = re.compile(
    r"(?i)\A(?:.*-.*|zlib)@(?:openssh\.com|libssh\.org|lysator\.liu\.se|tinyssh\.org|ssh\.com)\Z"
)
"""Names of algorithms that RFC 4250, 4.6.1 writes like addresses: an extension and the domain of whoever defines it."""


_IS_MAIL = Every(Not(Holds(re.compile(r"\Agit@"))), Not(Holds(_FILE_ENDING)), Not(Holds(_ALGORITHM)))

EMAIL = Detector(
    name="email",
    kind="EMAIL",
    pattern=(
        rf"{BEFORE_WORD}(?P<value>[A-Za-z0-9_{LETTERS}](?:[A-Za-z0-9._%+'{LETTERS}-]{{0,63}}[A-Za-z0-9_+{LETTERS}-])?"
        r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24})"
        rf"{AFTER_CODE}"
    ),
    trigger=r"[A-Za-z0-9_+\x80-\xff-]@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2}",
    source="RFC 5322, 3.4.1 (addr-spec, without quoted strings); host names RFC 1123, 2.1",
    examples=(
        "sent to «anna.smith+lab@mail.example.org», ok",
        "<«x_1@sub.example.co.uk»>",
        "owner=«o'neil@example.com»;mail:«a@b.cn»。",
        "VALUES ('«li.jun@163.com»') LIKE '%«zoë@mail.example»%'",
    ),
    counter_examples=(
        "icon@2x.png and lodash@4.17.21.tgz",
        "getty@tty1.service failed",
        "image@sha256:abc user@host",
        "offered aes128-gcm@openssh.com",
    ),
    boundary="«me@example.com».",
    score=0.95,
    check=_IS_MAIL,
)

_METRIC_BEFORE = re.compile(
    r"(?i)(?:bytes?|size|length|len|offset|pos(?:ition)?|count|total|sum|reads?|mem(?:ory)?|heap|rss|vms|used|free|max|min|limit"
    r"|capacity|block|blk|inode|seq(?:uence)?|lsn|duration|elapsed|time(?:stamp)?|epoch|nanos?|micros?|millis?|cycles|ticks|job"
    r"|batch|range|start|end|zxid|version|rev(?:ision)?|hash|seed|crc|checksum|read_bytes|write_bytes|rchar|wchar|syscr)"
    r"[\"']?[ \t]{0,2}[=:]?[ \t]{0,2}\Z"
)
_UNIT_BEHIND = re.compile(
    r"(?i)[ \t]?(?:(?:bytes?|[kmgt]?i?b|reads?|bp|ns|us|ms|s|rows?|records?|bases|pairs)\b)"
)


IS_NO_METRIC = Some(
    Not(Holds(re.compile(r"\A\d+\Z"))),
    Every(Not(Before(_METRIC_BEFORE, 24)), Not(Valid("mebibytes")), Not(Behind(_UNIT_BEHIND))),
)
"""Refuses bare digits that a word before or a unit behind shows to be a size, a count or a time."""

PHONE_CN = Detector(
    name="phone_cn",
    kind="PHONE_CN",
    pattern=(
        rf"(?:{BEFORE_NUMBER}|(?<=\d{{11}}-))"
        r"(?P<value>(?:(?:\+|00)?\(?86\)?[- ]?)?1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
        r"(?:[- ]?\d{4}[- ]?\d{4}))"
        r"(?:(?=[xX]\d)|(?![A-Za-z0-9]|\.\d|-(?!1[3-9]\d{9}(?!\d))\d))"
    ),
    trigger=r"1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}[^0-9]",
    source="MIIT, Telecommunications Network Numbering Plan (2017): mobile numbers of 11 digits; country code E.164 86",
    examples=(
        "call «13812345678» now",
        "手机«+86 138-1234-5678»，微信",
        "tel:«86-19912345678» / «138 1234 5678»",
        "8812,«13812345678»,«13900139000»,ok **«13812345678»**",
    ),
    counter_examples=(
        "size=13812345678 or 17179869184",
        "at 1700000000000 and 0.13812345678",
        "id a13812345678 len 12345678901",
    ),
    boundary="«13912345678»",
    check=IS_NO_METRIC,
    begins="(+018",
)

LANDLINE_CN = Detector(
    name="landline_cn",
    kind="PHONE_CN",
    pattern=(
        rf"{BEFORE_NUMBER}"
        r"(?P<value>(?:(?:\+|00)86[- ]?\(?0?|\(?0)(?:10|2[0-57-9]|[3-9]\d{2})\)?[- ]?[2-8]\d{6,7}(?:-\d{1,5})?)"
        rf"{AFTER_NUMBER}"
    ),
    trigger=r"[^0-9A-Za-z](?:(?:\+|00)86[- ]?\(?0?|\(?0)(?:10|2[0-57-9]|[3-9][0-9]{2})\)?[- ]?[2-8][0-9]{6}",
    source="MIIT, Telecommunications Network Numbering Plan (2017): area codes 10, 2X and three digits, numbers of 7 or 8",
    examples=("电话«010-62345678»", "fax «(0755)86013388» or «0755 86013388»", "tel «+86 10 62345678»"),
    counter_examples=("2016-12345678 and 0x10-6234567", "0.1062345678", "00:10:62345678901"),
    boundary="«021-51234567»",
    check=Holds(re.compile("[-() +]")),
)

INTERNATIONAL = Detector(
    name="phone_international",
    kind="PHONE",
    pattern=(
        rf"{BEFORE_NUMBER}(?<!\+)"
        r"(?P<value>(?:\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?)(?:[ .-]?\d{2,4}){1,4}|00[1-9]\d{0,2}(?:[ .-]\(?\d{2,4}\)?){3,5}"
        r"|(?:(?:\+|00)?1[ .-]?)?\([2-9]\d{2}\)[ .-]?[2-9]\d{2}[ .-]\d{4}"
        r"|(?:(?:\+|00)?1[ .-])?[2-9]\d{2}([.-])[2-9]\d{2}\2\d{4})(?: ?(?:x|ext\.?|\#) ?\d{1,6})?)"
        rf"{AFTER_NUMBER}"
    ),
    trigger=r"\+[1-9][0-9]{0,2}[ .(-]{0,2}[0-9]|[2-9][0-9]{2}(?:[.-]|\)[ .-]?)[2-9][0-9]{2}[ .-][0-9]{4}|00[1-9][0-9]{0,2}[ .-]\(?[0-9]{2,4}\)?[ .-]\(?[0-9]{2}",
    source="ITU-T E.164 (8 to 15 digits behind +), E.123 for spaces; North American Numbering Plan",
    examples=(
        "tel «+1-202-555-0123»",
        "call «(617) 555-0123» or «617-555-0123»",
        "«+44 20 7946 0123» / «+6561231234»",
        "desk «+1-503-555-0143x769», «001-503-555-0143», «503.555.0143 ext. 12»",
    ),
    counter_examples=("UTC+0800 and +08:00", "a+12345678 or +12", "100-200-300 and 2024-10-11"),
    boundary="«+85221231234»",
    check=Holds(re.compile(r"\A(?:\D*\d){8,15}\D*\Z", re.ASCII)),
)

BEHIND_WORD = Detector(
    name="phone_behind_word",
    kind="PHONE",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:(?:tele)?phone|tel|mobile|cell(?:phone)?|fax)(?: (?:no\.?|number))?\.?|(?:电话|手机|座机|传真)(?:号码?)?|致电|拨打|短信(?:已)?发送?[至到])"
        r"(?: is|为|是)?[ \t]?(?:[:：=][ \t]?)?[\"'\[(（【]?(?P<value>(?:\+|00)?\(?\d(?:[() -]{0,2}\d){6,14})(?![A-Za-z0-9]|[.:]\d)"
    ),
    trigger=(
        r"(?:(?i:phone|tel|mobile|cell|fax)(?i: no\.?| number)?\.?|电话|手机|座机|传真|号|号码|致电|拨打|短信(?:已)?发(?:送)?(?:至|到))"
        r"(?: is|为|是)?[ \t]?(?:(?:[:=]|：)[ \t]?)?(?:[\"'\[(]|（|【)?(?:\+|00)?\(?[0-9](?:[() -]{0,2}[0-9]){6}"
    ),
    source="ITU-T E.164: up to 15 digits; behind a word for telephones it need not be a prefix that somebody has",
    examples=(
        "联系电话 «17913607333»，请回拨",
        "mobile «5550 123 456» verified",
        "短信已发送至«15486983513»",
    ),
    counter_examples=("mobile 12", "telnet 12345678", "tel 1.2.3.4567890"),
    boundary="手机号«17913607333»",
    score=0.75,
    begins="TtPpMmCcFf电手座传致拨短",
    check=Holds(re.compile(r"\A(?:\D*\d){7,15}\D*\Z", re.ASCII)),
)

ADDRESS_CN = Detector(
    name="address_cn",
    kind="LOCATION",
    pattern=(
        r"(?:(?<![\u4e00-\u9fff])|(?<=[址住在到于至]))(?P<value>(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|特别行政区))?[\u4e00-\u9fff]{2,7}?[市区县旗盟州][\u4e00-\u9fff\dA-Za-z-]{2,24}?"
        r"(?:路|街|道|巷|村|镇|乡|胡同|小区|大厦|花园|广场)[\u4e00-\u9fff\dA-Za-z-]{0,24}?\d{1,6}(?:号|弄|栋|幢|楼|层|室|单元|座)(?:[\dA-Za-z-]{1,6}(?:号|弄|栋|幢|楼|层|室|单元|座)){0,4})"
    ),
    trigger=r"(?:路|街|道|巷|村|镇|乡|胡同|小区|大厦|花园|广场)[^ \n]{0,96}[0-9]{1,6}(?:号|弄|栋|幢|楼|层|室|单元|座)",
    source="GB/T 23705-2009: administrative division, street, number",
    examples=(
        "地址：«北京市海淀区中关村大街1号»",
        "收货（«深圳市南山区科技园路10号3栋502室»）",
        "住址 «江苏省南京市鼓楼区汉口路22号»",
    ),
    counter_examples=("请求地址'/login'", "第3号线路", "市区道路拥堵"),
    boundary="«杭州市西湖区文一路1号»",
    score=0.8,
)

CONTACT: tuple[Detector, ...] = (EMAIL, PHONE_CN, LANDLINE_CN, INTERNATIONAL, BEHIND_WORD, ADDRESS_CN)
