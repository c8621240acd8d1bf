"""Numbers and secrets that stand behind words for them, with no more than a blank, a verb or a particle between."""

import re

from transforms.detect.conditions import Every, Holds, Not
from transforms.detect.detector import Detector
from transforms.detect.neighbours import AFTER_CODE
from transforms.detect.words import ORDINARY

_LINK = r"(?i:[ \t]?(?:no\.?|number|num|id|code|\#|号码?))?(?i:[ \t]?(?:is|was|are|=|:|：|是|为))?[ \t]{0,2}[\"'(（【]?"
_LINKED = r"(?i:[ \t]?(?:no\.?|number|num|id|code|#|号(?:码)?)?[ \t]?(?:is|was|are|=|:|：|是|为)?)[ \t]{0,2}(?:[\"'(]|（|【)?"
"""The same for a trigger, where a character of several bytes stands in a group."""

PASSPORT = Detector(
    name="passport",
    kind="PASSPORT",
    pattern=rf"(?:(?<![A-Za-z])(?i:passports?|travel document)|护照|通行证|回乡证|台胞证){_LINK}(?P<value>[A-Za-z]{{1,2}}\d{{7,8}}|\d{{8,9}}){AFTER_CODE}",
    trigger=rf"(?i)(?:passports?|travel document|护照|通行证|回乡证|台胞证){_LINKED}(?:[A-Za-z]{{1,2}}[0-9]{{7}}|[0-9]{{8}})",
    source="ICAO 9303-3, 4.2.2; GB/T 37719: E, G, D, S or P and 8 digits; permits H, M, L or T and 8",
    examples=(
        "traveller passport number «E12345678» accepted",
        "护照«G87654321»",
        "Passport No. «C01000471»",
    ),
    counter_examples=("passport E123", "passports 2024 issued", "passport.js 12345678x"),
    boundary="passport «E12345678»",
    score=0.85,
)

US_SSN = Detector(
    name="us_ssn",
    kind="US_SSN",
    pattern=r"(?<![A-Za-z0-9.-])(?P<value>(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![A-Za-z0-9]|[.-]\d)",
    trigger=r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    source="Social Security Administration: area, group and serial; 000, 666 and 9xx are never issued",
    examples=("her social security number is «219-09-9999»", "SSN «219-09-9999»", "('«457-55-5462»', 7)"),
    counter_examples=("000-12-3456", "2024-123-45-6789", "666-12-3456 x219-09-9999"),
    boundary="«219-09-9999»",
    score=0.8,
)

SSN_PLAIN = Detector(
    name="us_ssn_plain",
    kind="US_SSN",
    pattern=rf"(?<![A-Za-z])(?i:ssn|social security(?: number)?){_LINK}(?P<value>(?!000|666|9)\d{{3}}[ ]?\d{{2}}[ ]?\d{{4}}){AFTER_CODE}",
    trigger=rf"(?i)(?:ssn|social security(?: number)?){_LINKED}[0-9]{{3}}",
    source="Social Security Administration: nine digits next to its name",
    examples=("SSN «219099999» matched", "ssn: «219 09 9999»", "social security number is «219099999»"),
    counter_examples=("ssn 21909", "SSN is missing", "session 219099999"),
    boundary="SSN «219099999»",
    score=0.85,
)

ONE_TIME_CODE = Detector(
    name="one_time_code",
    kind="SECRET",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:(?:verification|security|login|confirmation|access|sms|one[- ]time|2fa|mfa|auth(?:entication)?)[ -](?:pass)?code|otp|one[- ]time password|passcode|pin(?: code)?|totp)"
        rf"|验证码|校验码|动态码|动态密码|激活码|取件码|提货码){_LINK}(?P<value>\d{{4,8}}){AFTER_CODE}"
    ),
    trigger=rf"(?:(?i:code|otp|password|passcode|pin|totp)|码){_LINKED}[0-9]{{4}}",
    source="RFC 6238 and RFC 4226: 6 to 8 digits; sentences of SMS gateways",
    examples=("短信验证码 «482913» 已发送", "OTP is «482913»", "your verification code: «48291»"),
    counter_examples=("exit code 1234", "pin 12", "pinned 4829131"),
    boundary="验证码为«482913»",
    score=0.85,
)

_SENTENCE_END = ".,;:!?"


def _is_secret_word(match: re.Match[str]) -> bool:
    """Tell whether a word behind `password` is one: with a verb anything that is not ordinary, else with digits or marks."""
    value = match.group("value").rstrip(_SENTENCE_END)
    if len(value) < 4 or value.lower() in ORDINARY or value.startswith(("<", "[", "{", "$", "%")):
        return False
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return bool(match.group("verb")) or mixed or not value.isalnum()


def _word(value: str) -> int:
    return len(value.rstrip(_SENTENCE_END))


PASSWORD_SAID = Detector(
    name="password_said",
    kind="SECRET",
    pattern=(
        r"(?:(?<![A-Za-z_./-])(?i:password|passwd|passphrase|passcode|pwd)(?P<verb> (?:is|was|set to|changed to|reset to|used|tried)(?: now)?)?[ \t]{1,3}|(?:密码|口令)(?P<zh>(?:已?重置|改|设置)?[为是成])?[ \t]{0,3})"
        r"(?P<value>[^\x00-\x20\"'<>(),;=:：，。；（）【】「」\u4e00-\u9fff]{4,64})(?![=\"'(:]|\w)"
    ),
    trigger=r"(?i)(?:password|passwd|passphrase|passcode|pwd)(?: (?:is|was|set to|changed to|reset to|used|tried)(?: now)?)?[ \t]{1,3}[^\x00-\x20\"'<>(),;=:]{4}|(?:密码|口令)(?:已)?(?:重置|改|设置)?(?:为|是|成)?[ \t]{0,3}[^\x00-\x20]",
    source="netrc(5): machine, login, password; what people and honeypots write",
    examples=(
        "machine h login x password «hunter2x»",
        "password is «tiger-lily»; next",
        "密码为«hunter2x» ，",
        "密码 «Summer2026»",
    ),
    counter_examples=("password is required", "password expired 3 days ago", "bad password for root"),
    boundary="password «hunter2x»",
    score=0.85,
    check=lambda match: (
        _is_secret_word(match) if match.group("zh") is None else match.group("value").lower() not in ORDINARY
    ),
    cut=_word,
)


TOKEN_SAID = Detector(
    name="token_said",
    kind="SECRET",
    pattern=(
        r"(?<![A-Za-z])(?i:api[ _-]?key|access[ _-]?key|secret(?:[ _-]key)?|token|credentials?|password|passwd|private[ _-]key)s? "
        r"(?:is|was|[a-z]{2,12}ed|found|leaked|in use)(?P<sep>[:=] ?| )[\"'`]?(?P<value>[A-Za-z0-9_+/=.~-]{8,256})(?![A-Za-z0-9])"
    ),
    trigger=r"(?i)(?:key|secret|token|credential|credentials|password|passwd)(?:s)? (?:is|was|[a-z]{2,12}ed|found|leaked|in use)(?:[:=] ?| )[\"'`]?[A-Za-z0-9_+/=.~-]{8}",
    source="Scanners and programs that report what they found: a participle stands between the word and the colon",
    examples=(
        "API key detected: «Abq12_XYZ78_LKJ45»",
        "token received: «a8f3c2d1e4b5»",
        "Access key found «AbCd1234efgh»",
    ),
    counter_examples=("token expired: yesterday", "token issued at 2027-01-01T00:00:00", "password changed"),
    boundary="token found: «abcdefg1»",
    score=0.85,
    check=Every(
        Holds(re.compile("[0-9]")),
        Holds(re.compile("[A-Za-z]")),
        Not(Holds(re.compile(r"\A(?:/|\d{4}-\d\d-\d\d|\d+[.:]\d)"))),
    ),
)

SASL = Detector(
    name="sasl",
    kind="SECRET",
    pattern=r"\bAUTH(?:ENTICATE)? (?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER|NTLM|GSSAPI) (?P<value>[A-Za-z0-9+/]{8,2048}={0,2})(?![A-Za-z0-9+/=])",
    trigger=r"AUTH(?:ENTICATE)? (?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER|NTLM|GSSAPI) [A-Za-z0-9+/]{8}",
    source="RFC 4954, 4 and RFC 3501, 6.2.2: the initial response in base64; RFC 4616",
    examples=(
        "cmd: AUTH PLAIN «AHRvbWVrAHB3MTIz»",
        "A1 AUTHENTICATE PLAIN «AHRvbWVrAHB3MTIz» x",
        "AUTH LOGIN «dG9tZWs3Nzc=»",
    ),
    counter_examples=("AUTH PLAIN LOGIN", "AUTH x abcdefgh", "AUTH PLAIN"),
    boundary="AUTH PLAIN «AHRvbWVr»",
    score=0.9,
)

LICENCE = Detector(
    name="licence_or_device",
    kind="DEVICE_ID",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:imei|meid|imsi|vin|serial(?: no\.?| number)?|s/n|driver'?s? licen[cs]e|licen[cs]e plate|plate|udi)|车牌|车架号|驾驶证|序列号|设备号)"
        rf"{_LINK}(?P<value>(?=[A-Z0-9-]{{0,20}}\d)[A-Z0-9][A-Z0-9-]{{4,20}}){AFTER_CODE}"
    ),
    trigger=rf"(?:(?i:imei|meid|imsi|vin|serial(?: no| no\.| number)?|s/n|licen[cs]e|plate|udi)|车牌|车架号|驾驶证|序列号|设备号){_LINKED}[A-Z0-9][A-Z0-9-]{{4}}|(?:车牌|车架号|驾驶证|序列号|设备号)",
    source="3GPP TS 23.003, 6 (IMEI); ISO 3779 (VIN); UDI of 21 CFR 801; 45 CFR 164.514(b)(2)(i)(K), (L), (M)",
    examples=(
        "IMEI «490154203237518»",
        "VIN: «1HGCM82633A004352» ok",
        "serial number «C02XL0GTJGH5»",
        "S/N «12-AB-345» worn",
    ),
    counter_examples=("serial number missing", "serial port", "vinegar 123456"),
    boundary="s/n «AB12345»",
    score=0.75,
)

PLATE_CN = Detector(
    name="plate_cn",
    kind="LICENCE_PLATE",
    pattern=rf"(?P<value>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?(?:[A-HJ-NP-Z0-9]{{5,6}})){AFTER_CODE}",
    trigger=r"(?:京|津|沪|渝|冀|豫|云|辽|黑|湘|皖|鲁|新|苏|浙|赣|鄂|桂|甘|晋|蒙|陕|吉|闽|贵|粤|青|藏|川|宁|琼)[A-HJ-NP-Z](?:·|•| )?[A-HJ-NP-Z0-9]{5}",
    source="GA 36-2018: province, office, five or six signs",
    examples=("车牌«京A12345»进入", "«粤B·D12345»", "救护车 «沪C88888»"),
    counter_examples=("京A1234", "新API12", "川 A12345x"),
    boundary="«京A12345»",
    score=0.8,
    check=Holds(re.compile("[0-9].*[0-9]")),
)

_DATE = r"(?:(?:19|20)\d{2}(?P<mark>[-/.年]?)(?:0?[1-9]|1[0-2])(?:(?P=mark)|月)(?:0?[1-9]|[12]\d|3[01])日?|(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d{2})"

LIFE_DATE = Detector(
    name="date_of_life",
    kind="BIRTH_DATE",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:born(?: on)?|birth ?day|date of birth|birth ?date|dob|admi(?:tted|ssion)(?: date| on)?|discharged?(?: date| on)?|died(?: on)?|deceased(?: on)?|date of death|death date)|出生于?|生于|入院(?:日期|时间)?|出院(?:日期|时间)?|死亡(?:日期|时间)?)"
        rf"{_LINK}(?P<value>{_DATE})(?![0-9])"
    ),
    trigger=rf"(?:(?i:born(?: on)?|birth ?day|birth ?date|birth|dob|admi(?:tted|ssion)(?: date| on)?|discharge(?:d)?(?: date| on)?|died(?: on)?|deceased(?: on)?|death(?: date)?)|生|于|院|亡|日期|时间){_LINKED}[0-9]",
    source="45 CFR 164.514(b)(2)(i)(C): dates of birth, admission, discharge and death",
    examples=(
        "patient born «1961-03-07»",
        "DOB: «07/03/1961»",
        "入院日期：«2026年3月7日»",
        "admission on «2026-03-07»",
    ),
    counter_examples=("admission control 2026", "died with 1", "born free 12"),
    boundary="dob «1961-03-07»",
    score=0.8,
)

AGE = Detector(
    name="age_over_89",
    kind="AGE",
    pattern=r"(?:(?<![A-Za-z])(?i:aged?)[ \t]?[:=]?[ \t]?|年龄[:：= ]?)(?P<value>9\d|1[01]\d)(?![0-9%]|\.\d|[ ]?(?:s|sec|ms|min|hours?|days?|h|d)\b)",
    trigger=r"(?:[Aa][Gg][Ee][Dd]?|年龄)[ \t]?(?:[:=]|：)?[ \t]?(?:9[0-9]|1[01][0-9])",
    source="45 CFR 164.514(b)(2)(i)(C): ages over 89",
    examples=("patient aged «93» admitted", "age: «101»", "年龄：«95»岁"),
    counter_examples=("age 64", "max-age 9000", "page 93"),
    boundary="age=«90»",
    score=0.7,
)

POSTCODE = Detector(
    name="postcode",
    kind="LOCATION",
    pattern=rf"(?:(?<![A-Za-z])(?i:zip(?: ?code)?|post ?code|postal code|plz)|邮编|邮政编码){_LINK}(?P<value>\d{{5}}(?:-\d{{4}})?|\d{{6}}|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}|[A-Z]\d[A-Z] ?\d[A-Z]\d){AFTER_CODE}",
    trigger=rf"(?:(?i:zip|code|plz)|邮编|编码){_LINKED}[A-Z0-9]{{2}}",
    source="45 CFR 164.514(b)(2)(i)(B); UPU S42; GB/T 23705",
    examples=("zip code «94107»", "邮编：«518000»", "postcode «SW1A 1AA», London"),
    counter_examples=("zip file 12345", "zip 123", "unzip 94107"),
    boundary="ZIP «94107»",
    score=0.4,
)

STREET = Detector(
    name="street_address",
    kind="LOCATION",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:address|lives at|living at|residing at|resides at|home|ship to|deliver to|street)[\"']?(?: is|:|=)?[ \t]{0,2}[\"']?)"
        r"(?P<value>\d{1,5}[A-Za-z]? (?:[A-Z][a-z][\w.'-]{0,20} ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Parkway|Pkwy)\b\.?(?:,? (?:Apt|Suite|Unit|\#) ?\w{1,6})?)"
    ),
    trigger=r"[0-9]{1,5}[A-Za-z]? (?:[A-Z][0-9A-Za-z_.'-]{0,21} ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Parkway|Pkwy)",
    source="USPS Publication 28, appendix C1; 45 CFR 164.514(b)(2)(i)(B)",
    examples=(
        "lives at «12 Elm Street», then",
        "address: «221B Baker St.»",
        'address="«1600 Amphitheatre Parkway»"',
    ),
    counter_examples=("address 12 Read Errors", "home 5 GB Drive", "at 12 Elm street"),
    boundary="address «1 Oak Rd»",
    score=0.75,
)

CUES: tuple[Detector, ...] = (
    PASSPORT,
    US_SSN,
    SSN_PLAIN,
    ONE_TIME_CODE,
    PASSWORD_SAID,
    TOKEN_SAID,
    SASL,
    LICENCE,
    PLATE_CN,
    LIFE_DATE,
    AGE,
    POSTCODE,
    STREET,
)
