"""Names of persons by how they are written: surname first with a comma, in Chinese behind 由 or behind a number."""

from transforms.detect.catalog.people import END, HAN, NAME_ZH, WORD, is_name
from transforms.detect.detector import Detector
from transforms.detect.words import GIVEN_NAMES, SURNAMES, SURNAMES_WORDS, is_ordinary

_SHORTEST_HAN = 2

SURNAME_FIRST = Detector(
    name="person_surname_first",
    kind="PERSON",
    pattern=(
        r"(?:(?<![A-Za-z])(?i:patient|pt|name|physician|doctor|provider|nurse|subject|donor|user|owner|by|for|contact|employee|member|author|requester|operator|guardian|mother|father)\b[\"']?[:=]?[ ]?[\"'(\[]?|[\"'(\[])"
        rf"(?P<value>{WORD}, {WORD}(?: [A-Z]\.?)?){END}"
    ),
    trigger=r"[A-Z\x80-\xff][A-Za-z'\x80-\xff-]+, [A-Z\x80-\xff][a-z\x80-\xff]",
    source="Lists of patients and staff: surname, comma, given name (HL7 v2 FN and GN written out; Active Directory displayName)",
    examples=(
        "pt «Alvarez, Lucia» moved",
        'displayName: "«Wójcik, Anna M.»"',
        "approved by («Okafor, Chidi»)",
    ),
    counter_examples=("for Linux, Windows", "name Foo, Bar", "(Main, Error)"),
    boundary="patient «Li, Anna»",
    score=0.7,
    begins="A-Za-z\"'(\\[",
    check=lambda match: _is_surname_first(match.group("value")),
)


def _is_surname_first(value: str) -> bool:
    """Tell whether a given name stands behind the comma, and before it something that is no ordinary word, or a surname."""
    surname, given = value.split(", ")
    if not is_name(value.replace(",", "")) or given.split()[0] not in GIVEN_NAMES:
        return False
    return surname in SURNAMES or surname in SURNAMES_WORDS or not is_ordinary(surname)


STAFF_ZH = Detector(
    name="person_before_number_zh",
    kind="PERSON",
    pattern=rf"(?<![{HAN}])(?P<value>{NAME_ZH})(?=[ \t]?[（(【\[](?:工号|学号|员工号|手机|电话|身份证|病历号|住院号|门诊号|UIN|uin)[：:= ]?[\dA-Za-z+])",
    trigger=r"(?:（|\(|【|\[)(?:工号|学号|员工号|手机|电话|身份证|病历号|住院号|门诊号|UIN|uin)(?:：|[:= ])?[0-9A-Za-z+]",
    source="Chinese business writing: a name and, in brackets, its number; surnames 百家姓",
    examples=("«诸葛琳»（工号100026）：", "审批 «王芳»(手机13800138000)", "由\n«李娜»【学号 A17】"),
    counter_examples=("服务（编号12）", "任务(编号 7)", "王芳（已离职）"),
    boundary="«王芳»（UIN1000）",
    score=0.6,
    begins=HAN,
)

DONE_BY_ZH = Detector(
    name="person_done_by_zh",
    kind="PERSON",
    pattern=(
        rf"由(?!于|此|来)[ ]?[\"'“‘「『【\[（(]?(?P<value>{NAME_ZH})[\"'”’」』】\]）)]?[ ]?"
        r"(?=(?:于|在|已|代)?[^，。；,;]{0,12}?(?:签收|审核|审批|驳回|提交|创建|处理|批准|复核|采集|检验|发起|取消|删除|修改|登记|确认|接收|退回|撤回|转交|录入|上传|下载|执行|授权|开具|出具|签发|完成|负责))"
    ),
    trigger="由",
    source="Chinese passives: 由, who did it, and the verb; surnames 百家姓",
    examples=("标本 12 由 «孙丽» 签收", "审批单已由「«周杰»」驳回", "报告由«欧阳文»于昨日审核"),
    counter_examples=("由系统自动处理", "由于超时取消", "路由 12 已删除"),
    boundary="由«李娜»提交",
    score=0.7,
    begins="由",
    cut=lambda value: len(value) - (len(value) > _SHORTEST_HAN and value[-1] in "于在已代经"),
)

BEHIND_NUMBER_ZH = Detector(
    name="person_behind_number_zh",
    kind="PERSON",
    pattern=rf"(?:工号|员工号|学号|账号|账户|用户|操作员|医生|护士|编号)[：:= ]?[「“【\[]?[A-Za-z0-9_.@-]{{2,32}}[」”】\]]?[ ]?[（(【\[](?P<value>(?!管理|成功|未知|应用|和|时间|水平|高级|安全|方式|任务|金融|包|单|双|全|经理|主任|通|有效|无效|查){NAME_ZH})[）)】\]]",
    trigger=r"(?:号|户|员|生|士)(?:：|[:= ]|「|“|【|\[){0,2}[A-Za-z0-9_.@-]{2,32}(?:」|”|】|\])?[ ]?(?:（|\(|【|\[)",
    source="Chinese business writing: an account or a number and, in brackets, whose it is; surnames 百家姓",
    examples=("员工工号K123456（«吴芳»）登录失败", "用户 chenxd(«陈晓东»)", "账号：li.na【«李娜»】"),
    counter_examples=("工号K123456（已停用）", "编号 12（成功）", "用户 chenxd(管理员)"),
    boundary="工号10233（«王芳»）",
    score=0.75,
    begins="工员学账用操医护编",
)

MORE_PEOPLE: tuple[Detector, ...] = (SURNAME_FIRST, STAFF_ZH, DONE_BY_ZH, BEHIND_NUMBER_ZH)
