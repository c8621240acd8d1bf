"""Names of persons next to cues: roles, labels, mailboxes."""

import re

from transforms.detect.detector import Detector
from transforms.detect.neighbours import LOWER, UPPER
from transforms.detect.words import (
    GIVEN_NAMES,
    NOT_PERSONS,
    SURNAMES,
    SURNAMES_PINYIN,
    SURNAMES_WORDS,
    SURNAMES_ZH,
    SURNAMES_ZH_TWO,
    is_ordinary,
)

GAP = " {1,4}"
"""Between words of a name: forms and columns fill up with blanks."""

HAN = "\u4e00-\u9fff"
_SURNAME = "(?:" + "|".join(sorted(SURNAMES_ZH_TWO)) + "|[" + "".join(sorted(SURNAMES_ZH)) + "])"
NAME_ZH = rf"{_SURNAME}(?:[·•][{HAN}]{{1,8}}|[{HAN}]{{1,2}})"
_NO_GIVEN_ZH = "男女已未在的是和与请于至从被对无有可不登提成失完操创删更查审请申正异年月日岁"
NAME_APART_ZH = rf"{_SURNAME}(?:[{HAN}]{GAP}(?![{_NO_GIVEN_ZH}])[{HAN}]|{GAP}(?![{_NO_GIVEN_ZH}])[{HAN}](?:{GAP}(?![{_NO_GIVEN_ZH}])[{HAN}]|[{HAN}])?)(?![{HAN}])"
"""A name whose characters stand apart, as forms space them."""

WORD = rf"[{UPPER}](?:[{LOWER}]{{1,20}}|['’][{UPPER}][{LOWER}]{{1,20}}|[{LOWER}]{{1,3}}[A-Z][{LOWER}]{{1,20}})(?:[-'’][{UPPER}]?[{LOWER}]{{1,20}})?"
_PARTICLE = r"(?:van|von|de|der|den|del|della|da|di|la|le|bin|ibn|al|el|dos)"
NAME_EN = rf"{WORD}(?:{GAP}(?:[A-Z]\.|{_PARTICLE} {WORD}|{WORD})){{1,3}}"
END = rf"(?![A-Za-z0-9_{LOWER}{UPPER}(=])"
_TWO_WORDS = rf"(?-i:[A-Z\x80-\xff])[A-Za-z'\x80-\xff-]+ {{1,4}}(?-i:{_PARTICLE} |[A-Z\x80-\xff])"
ROLE_EN = (
    r"(?:submitter|requester|requestor|requested[- ]by|submitted[- ]by|reported[- ]by|created[- ]by|approved[- ]by|reviewed[- ]by|signed[- ]off[- ]by"
    r"|co-authored-by|author|committer|reviewer|reporter|assignee|approver|owner|maintainer|contact|contact person|attn|recipient|sender|payer|payee"
    r"|card ?holder|account ?holder|beneficiary|customer|client name|patient|patient[ _-]?name|subject name|donor|physician|doctor|nurse|clinician"
    r"|technician|operator|analyst|investigator|pi|principal investigator|supervisor|manager|employee|full[ _-]?name|real[ _-]?name|display[ _-]?name"
    r"|first[ _-]?name|last[ _-]?name|given[ _-]?name|family[ _-]?name|surname|emergency contact|next of kin|guardian)"
)

NO_BLANKS = re.compile(r"\S+")


def cut_name(value: str) -> int:
    """Return how many characters of capitalised words are a name: it ends where ordinary words begin.

    Example:
        >>> cut_name("Marta Keller Error"), cut_name("Access Denied"), cut_name("Olga Petrov")
        (12, 0, 11)
    """
    words = list(NO_BLANKS.finditer(value))
    kept = 0
    if all(is_ordinary(word[0]) and word[0] not in GIVEN_NAMES for word in words) and not _is_of_two(
        words[0][0], words[-1][0]
    ):
        return 0
    for word in words:
        if word[0] in NOT_PERSONS or (
            kept > 1 and is_ordinary(word[0]) and word[0] not in SURNAMES and not word[0].islower()
        ):
            break
        kept += 1
    return words[kept - 1].end() if kept > 1 or 0 < kept == len(words) else 0


def _is_of_two(given: str, surname: str) -> bool:
    """Tell whether ordinary words are a given name in Pinyin and a surname: `Ping Young`."""
    return (
        surname in SURNAMES_WORDS
        and given not in _ENGLISH
        and re.fullmatch(f"(?i:{_SYLLABLE})", given) is not None
    )


def is_name(value: str) -> bool:
    """Tell whether capitalised words may be a person's name: no word of programs among them.

    Example:
        >>> is_name("Anna Smith"), is_name("Access Denied")
        (True, False)
    """
    return not any(word in NOT_PERSONS for word in re.split(r"[ .]+", value))


_SYLLABLE = (
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|er|a|o|e|i|u|v)"
)
_ENGLISH = frozenset(
    "Run Can Men Pan Ban Fan Gang Long Song Pin Tan Ran Sun Me He She Bang Hang Ding Die Due Lie Tie Den".split()
)
_PINYIN = re.compile(rf"(?i){_SYLLABLE}(?:['-]?{_SYLLABLE})?")


def is_listed_name(value: str) -> bool:
    """Tell whether the first word is a given name, or the words are a Chinese name in Pinyin in either order.

    Example:
        >>> [is_listed_name(name) for name in ("Anna Smith", "Li Na", "Xiaoming Wang", "Thread Pool")]
        [True, True, True, False]
    """
    words = value.split()
    if not words or not is_name(value):
        return False
    first, last = words[0], words[-1]
    if first in GIVEN_NAMES or (re.fullmatch(_SYLLABLE, first, re.IGNORECASE) and first not in _ENGLISH):
        return True
    return (last in SURNAMES_PINYIN and _PINYIN.fullmatch(first) is not None) or (
        first in SURNAMES_PINYIN and _PINYIN.fullmatch(last) is not None
    )


def _is_listed(match: re.Match[str]) -> bool:
    value = match.group("value")
    return is_listed_name(value[: cut_name(value)])


MAILBOX = Detector(
    name="mailbox_name",
    kind="PERSON",
    pattern=rf"(?P<value>(?:{WORD}(?:,? (?:[A-Z]\.|{WORD})){{0,3}}|{NAME_ZH}))[\"']? ?<(?=[^\s<>@]{{1,64}}@|EMAIL>|(?:usr|uin)_)",
    trigger=r"[a-z\x80-\xff.][\"']? ?<[^ <>@]{1,256}@|<(?:EMAIL>|usr_|uin_)",
    source="RFC 5322, 3.4 (name-addr); Git trailers",
    examples=(
        "Submitted-By: «Anna Smith» <a@example.com>",
        'From: "«Li Na»" <ln@example.cn>',
        "作者 «张伟» <zw@example.cn>",
    ),
    counter_examples=("see <http://x>", "Anna Smith (no mail)", "x < y@z.example"),
    boundary="«Bob» <b@example.com>",
    score=0.8,
    cut=cut_name,
    begins=f"{UPPER}{HAN}",
)

ROLE = Detector(
    name="person_role",
    kind="PERSON",
    pattern=rf"(?<![A-Za-z])(?i:{ROLE_EN})[\"']?(?: {{0,4}}[:=：] {{0,4}}| {{1,4}})[\"'\[(]?(?P<value>{NAME_EN}){END}",
    trigger=(
        r"(?i)(?:[a-z]{3}ed[- ]by|off[- ]by|submitter|request[eo]r|author|committer|reviewer|reporter|assignee|approver|owner|maintainer"
        r"|contact|person|attn|recipient|sender|payer|payee|holder|beneficiary|customer|patient|donor|physician|doctor|nurse"
        r"|clinician|technician|operator|analyst|investigator|pi|supervisor|manager|employee|name|kin|guardian)"
        rf"[\"']?(?: {{0,4}}(?:[:=]|：) {{0,4}}| {{1,4}})[\"'\[(]?{_TWO_WORDS}"
    ),
    source="Git and Debian trailers; labels of hospital and laboratory systems",
    examples=(
        "reported by «Anna Smith»",
        "requester: «Ludwig van Beethoven», phone",
        "patient:   «Anna  Smith»",
        'author="«Jean-Luc O\'Brien»"',
    ),
    counter_examples=("created by Access Denied", "reported by NodeManager", "Author: unknown"),
    boundary="payer=«Bo Li»",
    score=0.75,
    cut=cut_name,
    begins="A-Za-z",
)

PARTICIPLE_BY = Detector(
    name="person_by",
    kind="PERSON",
    pattern=rf"\b(?:[a-z]{{2,12}}ed|req|run|sent|made|written|owned|built|seen) (?:by|for|to|from) {{1,4}}[\"'\[(]?(?P<value>{NAME_EN})(?!\.[A-Za-z]){END}",
    trigger=rf"(?:ed|req|run|sent|made|written|owned|built|seen) (?:by|for|to|from) {{1,4}}[\"'\[(]?{_TWO_WORDS}",
    source="Change logs and ticket systems: participle, preposition, name",
    examples=("[req by «Anna Smith»]", "approved by «María García»", "samples sent to «Olga Petrov»"),
    counter_examples=("called by Spring Boot", "signed by Root Authority", "received from Node Manager"),
    boundary="signed by «Bo Li»",
    score=0.6,
    cut=cut_name,
)

BRACKETED = Detector(
    name="person_bracketed",
    kind="PERSON",
    pattern=rf"[\[(<{{](?:(?:[a-z]{{2,12}} )?(?:by|for|from|to) )?(?P<value>{NAME_EN})[\])>}}]",
    trigger=rf"[\[(<{{](?:(?:[a-z]{{2,12}} )?(?:by|for|from|to) )?{_TWO_WORDS}",
    source="Diagnostic contexts of logging libraries (log4j NDC and MDC), which applications fill with the person",
    examples=("[«Anna Smith»] step 2 failed", "closed (by «Maria Lopez»)", "main: [«Wei Zhang»] jetty"),
    counter_examples=("[Thread Pool] idle", "[Actor Thread 19]", "(Apache Spark)"),
    boundary="[«Li Na»]",
    score=0.6,
    check=_is_listed,
    cut=cut_name,
)

BESIDE_WORD = Detector(
    name="person_beside_word",
    kind="PERSON",
    pattern=(
        r"\b(?i:for|to|from|with|by|of|as|notify|notified|call|called|contact|ask|asked|attn|dear|hi|hello|user|thanks|cc|patient|subject|name)"
        rf"(?:[:,]? |[\"']?[:=][\"']?)[\"'\[(]?(?P<value>{NAME_EN})(?![\w(=])"
    ),
    trigger=(
        r"(?i)(?:for|to|from|with|by|of|as|notify|notified|call|called|contact|ask|asked|attn|dear|hi|hello|user|thanks|cc|patient|subject|name)"
        rf"(?:[:,]? |[\"']?[:=][\"']?)[\"'\[(]?{_TWO_WORDS}"
    ),
    source="English prepositions and forms of address before a listed name",
    examples=("retry for «Karen King»", "please call «Carlos Diaz» at x", "cc «Wei Zhang»"),
    counter_examples=("for Apache Spark", "from Main Thread", "by Node Manager"),
    boundary="for «Anna Li»",
    score=0.55,
    check=_is_listed,
    cut=cut_name,
    begins="A-Za-z",
)

TITLE = Detector(
    name="person_title",
    kind="PERSON",
    pattern=rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Madam)\.? {{1,4}}(?P<value>{WORD}(?:{GAP}(?:[A-Z]\.|{WORD})){{0,3}}){END}",
    trigger=r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Madam)\.? {1,4}[A-Z\x80-\xff]",
    source="Chicago Manual of Style, 10.11: social and academic titles",
    examples=(
        "call Dr. «Chen» today",
        "Prof «Ada Lovelace» signed",
        "Ms. «Okafor» is next",
        "Dr. «Petrović» signed",
    ),
    counter_examples=("Dr who", "Mr. 5", "HMs Access"),
    boundary="Mr «Li»",
    score=0.7,
    cut=cut_name,
)

CHINESE_LABEL = Detector(
    name="person_label_zh",
    kind="PERSON",
    pattern=(
        r"(?:姓名|名字|联系人|操作人员?|操作员|经办人|申请人|负责人|送检人|送检医生|受检者|受检人|受试者|检验者|审核者|审核人|报告人|提交人|创建人|患者|病人|"
        r"家属|监护人|责任人|处理人|被检者|执行人|经手人|审批人|医生|医师|护士|技师|采样人|采集人|收件人|收货人|寄件人|发件人|签收人|就诊人|就诊者|参与者|被保险人|投保人|持卡人|开户人|户主|法人|法定代表人|客户|用户|会员|员工|同事|老师|"
        rf"学生|作者|发送给|通知|致电|先生女士|[{HAN}]{{1,4}}[人者员师](?=(?:姓名|名称?)?[ \t]{{0,2}}[：:=]))(?:姓名|名称?)?[ \t]{{0,2}}[：:=为是【\[（(“\"']{{0,3}}[ \t]{{0,2}}(?P<value>(?!管理员|和|未知|应用|管理|时间|水平|高级|安全|方式|成功|任务|金融)(?:{NAME_APART_ZH}|{NAME_ZH}))(?=[^{HAN}]|\Z|[的已在于请和与，。]|电话|手机|身份|证件|工号|卡号|账号|就诊|联系|样本|标本|性别|年龄|编号|病历|住院|登录|提交|先生|女士)"
    ),
    trigger=r"(?:姓|名|人|员|者|医|师|士|属|户|主|法|客|会|同|老|学|作|发|通|致|先|患)",
    source="GB/T 2261 and hospital labels; surnames 百家姓",
    examples=(
        "联系人：«张伟»，电话",
        "送检人 «欧阳文博»，样本",
        "姓名=«李娜» 性别",
        "持卡人«冯志远»卡号",
        "责任人=«余秋月» 状态",
        "执行专员:«钟振宇»/1",
        "患者：«张伟  明»，",
        "姓名: «李 娜» 女",
    ),
    counter_examples=("用户登录成功", "操作人：null", "患者编号 12"),
    boundary="姓名：«王芳»",
    score=0.8,
    begins=HAN,
)

HONORIFIC_ZH = Detector(
    name="person_honorific_zh",
    kind="PERSON",
    pattern=rf"(?:(?<![{HAN}])|(?<=[系请致给找与和由经为]))(?P<value>{_SURNAME}[{HAN}]{{0,2}}?)(?=先生|女士|小姐|医生|医师|教授|老师|主任|护士|同学|经理)",
    trigger=r"(?:先生|女士|小姐|医生|医师|教授|老师|主任|护士|同学|经理)",
    source="Chinese forms of address follow the name",
    examples=("«张伟»医生开单", "转 «欧阳»主任", "：«赵敏»护士"),
    counter_examples=("主治医生", "见老师", "女士 3 人"),
    boundary="«李»女士",
    score=0.6,
)

IN_JSON = Detector(
    name="person_in_json",
    kind="PERSON",
    pattern=rf"[\"'](?:[A-Za-z_]{{0,24}}[Nn]ame|who|by|to|from|person|author|actor|owner|user|contact|title)[\"'][ \t]{{0,2}}[:=][ \t]{{0,2}}[\"'](?P<value>{NAME_EN})(?=[\"'])",
    trigger=rf"(?:[Nn]ame|who|by|to|from|person|author|actor|owner|user|contact|title)[\"'][ \t]{{0,2}}[:=][ \t]{{0,2}}[\"']{_TWO_WORDS}",
    source="RFC 8259: the value of a member that may name a person, where its first word is a given name",
    examples=(
        '{"step":2,"who":"«Marta Keller»"}',
        '"name": "«Zofia Wiśniewska»"',
        "'displayName': '«Wei Zhang»'",
    ),
    counter_examples=('"name": "Mountain Lion"', '"name":"Default Pool"', '"who":"Marta"'),
    boundary='"name":"«Anna Li»"',
    score=0.75,
    check=_is_listed,
    cut=cut_name,
)

PEOPLE: tuple[Detector, ...] = (
    IN_JSON,
    MAILBOX,
    ROLE,
    PARTICIPLE_BY,
    BRACKETED,
    BESIDE_WORD,
    TITLE,
    CHINESE_LABEL,
    HONORIFIC_ZH,
)
