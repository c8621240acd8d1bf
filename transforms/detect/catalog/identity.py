"""Numbers that the state or a bank gives a person."""

from transforms.detect.catalog.contact import IS_NO_METRIC
from transforms.detect.conditions import Every, Valid
from transforms.detect.detector import Detector
from transforms.detect.neighbours import AFTER_CODE, BEFORE_CODE
from transforms.detect.validators import IBAN_LENGTHS

_IS_CARD = Every(Valid("card"), IS_NO_METRIC)

RESIDENT_ID = Detector(
    name="resident_id_cn",
    kind="CN_ID_CARD",
    pattern=(
        rf"{BEFORE_CODE}(?<!\d\.)"
        r"(?P<value>[1-8]\d{5}([ -]?)(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\2\d{3}[\dXx])"
        rf"{AFTER_CODE}"
    ),
    trigger=r"[^0-9A-Za-z][1-8][0-9]{5}[ -]?(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][ -]?[0-9]{3}[0-9Xx]",
    source="GB 11643-1999; check digit ISO 7064 MOD 11-2; province codes GB/T 2260",
    examples=("身份证«11010519491231002X»校验", "id=«11010519491231002x»", "no «110105 19491231 002X»"),
    counter_examples=("job=110105194912310021", "x11010519491231002X", "110105199913310026"),
    boundary="«11010519491231002X»",
    score=0.95,
    check=Valid("resident_id_cn"),
)

CARD = Detector(
    name="card",
    kind="CREDIT_CARD",
    pattern=(
        r"(?<![A-Za-z0-9_.])(?<!_-)(?<![A-Za-z0-9]-)(?P<value>[2-68]\d{3}([ -]?)\d{4}\2\d{4}\2\d{1,4}(?:\2\d{3})?|3[47]\d{2}([ -]?)\d{6}\3\d{5})"
        r"(?![A-Za-z0-9_]|[.-]\d)"
    ),
    trigger=r"(?:[^0-9A-Za-z_.-]|[^0-9A-Za-z_]-)[2-68][0-9]{3}[ -]?(?:[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]|[0-9]{6}[ -]?[0-9]{5})",
    source="ISO/IEC 7812-1: issuer ranges and Luhn digit",
    examples=(
        "card «4111 1111 1111 1111» declined",
        "pan=«378282246310005»",
        "银行卡«6228480402564890018»",
        "card=«6011 0009 9013 9424» 0",
        "card=«5555555555554444» Reading variable 1",
    ),
    counter_examples=("batch 4111111111111112", "offset=4111111111111111", "blk_-4111111111111111"),
    boundary="«5555-5555-5555-4444»",
    score=0.9,
    check=_IS_CARD,
)

CARD_BEFORE_NUMBER = Detector(
    name="card_before_number",
    kind="CREDIT_CARD",
    pattern=(
        r"(?<![A-Za-z0-9_.])(?<!_-)(?<![A-Za-z0-9]-)(?P<value>[2-68]\d{3}([ -])\d{4}\2\d{4}\2\d{4})(?=\2\d{3}(?![A-Za-z0-9_]))"
    ),
    trigger=r"[^0-9A-Za-z_.][2-68][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{3}",
    source="ISO/IEC 7812-1; what follows the number may look like the last group of one with 19 digits",
    examples=(
        "card=«4111 1111 1111 1111» 822",
        "pan «6011-0009-9013-9424»-100 ms",
        "卡号«4111 1111 1111 1111» 200 OK",
    ),
    counter_examples=(
        "card=4111 1111 1111 1112 822",
        "offsets 4111 1111 1111 1111 8221",
        "x4111 1111 1111 1111 822",
    ),
    boundary="«5555-5555-5555-4444»-822",
    score=0.9,
    check=_IS_CARD,
)

_IBANS = "|".join(
    rf"(?:{'|'.join(sorted(countries))})\d{{2}}(?: ?[A-Z0-9]{{4}}){{{(length - 4) // 4}}}"
    + (rf" ?[A-Z0-9]{{{length % 4}}}" if length % 4 else "")
    for length, countries in IBAN_LENGTHS.items()
)

IBAN = Detector(
    name="iban",
    kind="IBAN_CODE",
    pattern=rf"(?=[A-Z][A-Z]\d\d){BEFORE_CODE}(?P<value>{_IBANS}){AFTER_CODE}",
    trigger=r"(?i)[^0-9a-z][a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2}",
    source="ISO 13616-1; check digits ISO 7064 MOD 97-10",
    examples=(
        "to «DE89 3704 0044 0532 0130 00»",
        "iban=«GB82WEST12345698765432»",
        "(«FR1420041010050500013M02606»)",
        "my iban is «gb82west12345698765432»",
    ),
    counter_examples=("DE00 3704 0044 0532 0130 00", "AB12CDEF3456", "SRR1234567890123"),
    boundary="«NL91ABNA0417164300»",
    score=0.9,
    ignore_case=True,
    check=Valid("iban"),
)

IDENTITY: tuple[Detector, ...] = (RESIDENT_ID, CARD, CARD_BEFORE_NUMBER, IBAN)
