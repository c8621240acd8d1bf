"""Account names and account numbers next to words and signs that many programs use."""

import re

from transforms.detect.conditions import Before, Holds, Not
from transforms.detect.detector import Detector
from transforms.detect.words import COMMON_ACCOUNTS, GIVEN_NAMES, NO_NAME, SURNAMES, is_ordinary

NAME = r"[A-Za-z0-9_](?:[\w.+-]{0,62}[\w$])?(?:@[\w.-]{0,62}\w)?"
_FOLLOWS = re.compile(
    r"[\"'`>)\]]?(?:[ \t]{1,2}(?:from|has|had|is|was|at|on|with|via|not|does|did|can(?:not)?|could|by|in|for|to|logged|login|\w{2,12}ed\b)"
    r"|[ \t]?[:;,)\]（，。；]|\.?[ \t]{0,2}(?:\Z|[\r\n]))"
)
_STRONG = frozenset(
    "for by of as invalid illegal unknown authenticating new failed deleting adding username".split()
)
_ACCOUNT_SHAPE = re.compile(r"(?=.{0,63}[\d._@-])(?=.{0,63}[A-Za-z]).{3,64}\Z")


def is_account_shape(value: str) -> bool:
    """Tell whether a word looks like an account name rather than language: a letter, and a digit, dot, _ or -."""
    return _ACCOUNT_SHAPE.match(value) is not None and not value.endswith(
        (".java", ".py", ".sh", ".log", ".conf")
    )


def _is_numbered_name(value: str) -> bool:
    """Tell whether a word is somebody's name with a number behind, though it is an ordinary word too: `martin378`."""
    name = value.rstrip("0123456789")
    return len(value) - len(name) > 1 and (name.title() in GIVEN_NAMES or name.title() in SURNAMES)


def _is_phrase(match: re.Match[str]) -> bool:
    value = match.group("value")
    if (
        match.group("cue").lower() == "operator"
        and match.string[match.start("cue") - 1 : match.start("cue")] == '"'
    ):
        return False
    if match.group("quote") not in ("", "(", "["):
        return value.lower() not in ("null", "none", "unknown", "s", "t")
    if value.lower() in NO_NAME or value.lower().startswith(("-", "s_")) or value.isdigit():
        return False
    if match.group("cue").lower() == "login" and match.string[match.end() : match.end() + 1] == ":":
        return False
    if is_ordinary(value) and value.lower() not in COMMON_ACCOUNTS and not _is_numbered_name(value):
        return False
    strong = (match.group("before") or "").lower() in _STRONG or match.group("cue").lower().startswith("user")
    if not strong or _FOLLOWS.match(match.string, match.end()) is None:
        return is_account_shape(value) and value.islower()
    return True


PHRASE = Detector(
    name="account_phrase",
    kind="USERNAME",
    pattern=(
        r"(?<![\w./-])(?:(?P<before>[A-Za-z]{2,14})[ \t]{1,2})?(?P<cue>(?:sub-?)?(?:user(?:[ _]?name|[ ]account)?|account|login|member|operator|role))"
        rf"[ \t]{{1,2}}(?P<quote>[\"'`<\[(“‘]?)(?P<value>{NAME})(?![\w=/\\]|::|\(\)|\]\\)"
    ),
    trigger=r"(?i)(?:user(?:[ _]?name|[ ]account)?|account|login|member|operator|role)[ \t]{1,2}(?:[\"'`<\[(]|“|‘)?[a-z0-9_]",
    source="sshd auth.c, Linux-PAM pam_unix, systemd-logind, PostgreSQL auth.c, Apache mod_auth_basic, Apache Guacamole",
    examples=(
        "Invalid user «carla» from 10.0.0.x port 22",
        'password authentication failed for user "«app_rw»"',
        "session opened for user «deploy» by (uid=0)",
        "AH01618: user «sss» not found: /",
    ),
    counter_examples=(
        "user agent missing",
        "check pass; user unknown",
        "User interface is up, user defined value",
        "FAILED LOGIN cpaneld: root login is not permitted",
    ),
    boundary="for user «bobk»",
    score=0.75,
    ignore_case=True,
    check=_is_phrase,
)

AT_HOST = Detector(
    name="account_at_host",
    kind="USERNAME",
    pattern=(
        r"(?<![\w./@%+'$-])(?:(?P<value>(?!(?:[A-Z][a-z]+){3}|_+@)[A-Za-z_][\w.-]{0,63}|(?<=\[)\d{2,20})@(?='?\[?(?:::[Ff]{4}:)?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|localhost\b|ip-\d|\[)"
        r")"
    ),
    trigger=r"[A-Za-z0-9_.-]@'?(?:\[|(?:::[Ff]{4}:)?[0-9]{1,3}\.|localhost|ip-[0-9])",
    source="RFC 3986, 3.2.1 (userinfo@host) as ssh, PostgreSQL and pgbouncer write it",
    examples=(
        "ssh «anna»@10.0.0.1 ls",
        "[«li.na»@203.0.113.9] x",
        "login «bob»@localhost",
        "from «li»@::ffff:10.0.0.1",
    ),
    counter_examples=(
        "a/b@10.0.0.1x",
        "tarball lodash@4.17.21.tgz fetched",
        "from x=_@10.0.0.1",
        "java.lang.Object@1f2e3d",
        "@localhost",
    ),
    boundary="«x»@10.1.1.1",
    score=0.85,
)

SSH_TARGET = Detector(
    name="ssh_target",
    kind="USERNAME",
    pattern=r"\b(?:ssh|scp|sftp|rsync|mosh)\b[^\n@]{0,60}[ =](?P<value>[A-Za-z_][\w.-]{0,63}|(?<=\[)\d{2,20})@(?=[\w\[])",
    trigger=r"(?:ssh|scp|sftp|rsync|mosh)[^\n@]{0,560}@",
    source="ssh(1), scp(1), sftp(1), rsync(1): destination [user@]host",
    examples=("ssh «anna»@login01 hostname", "scp a.bam «li»@hpc:/data", "rsync -a x «bob»@h.example.com:y"),
    counter_examples=("sshd started", "ssh host1", "scp a b"),
    boundary="ssh «a»@b",
    score=0.8,
)

OPTION = Detector(
    name="account_option",
    kind="USERNAME",
    pattern=rf"(?<!\S)--?(?:user(?:-?name)?|login|account|run-as|uid|owner)[ \t]{{1,2}}(?P<value>{NAME})(?![\w=/])",
    trigger=r"-(?:user(?:-?name)?|login|account|run-as|uid|owner)[ \t]",
    source="GNU long options with the argument apart",
    examples=("sacct --user «anna» -X", "kinit --account «li.na»", "docker run --user «bob» x"),
    counter_examples=("--user=x", "--users a", "--user --x"),
    boundary="--login «a»",
    score=0.8,
    check=Not(Holds(re.compile(r"\A\d+\Z"))),
)

# Sought only before a number: `re` then skips to digits.
_NUMBER_CUE = re.compile(
    r"(?:(?<![A-Za-z])(?:(?:own|owner|sub|login|user|root)?[ _-]?uin|(?:sub-?|main )?account(?:[ _-]?(?:id|no\.?|number))?|(?:user|customer|tenant|member|owner)[ _-]?(?:id|no\.?|number)?)"
    r"|账[号户]|帐[号户]|用户|(?:主|子)账号)(?:id|uin)?[ \t]?[\"']?[ \t]{0,2}[:=#：（(/]?[ \t]{0,2}[\"']?\Z",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_NUMBER_CUE = 40


ACCOUNT_NUMBER = Detector(
    name="account_number",
    kind="UIN",
    pattern=r"[0-9](?<!\d[0-9])\d{7,19}(?![\w]|\.\d)",
    trigger=r"(?i)(?:uin|account|id|user|no\.?|number|customer|tenant|member|owner|号|户)(?:[\"' \t:=#/(_-]|（|：){0,8}[0-9]{8}",
    source="Tencent Cloud CAM: UIN, the account's number; AWS account ids of 12 digits",
    examples=(
        "account «100001234567» is in arrears",
        "sub-account «200012345678» denied",
        "qcs::cam::uin/«100001234567»:root",
    ),
    counter_examples=("user 1234567", "account 100001234567x", "userid_100001234567"),
    boundary="uin «10000123»",
    score=0.85,
    check=Before(_NUMBER_CUE, _LONGEST_NUMBER_CUE, 0),
)

_GROUPED_CUE = re.compile(
    r"(?:(?<![A-Za-z])(?:(?:own|owner|sub|login|user|root)?[ _-]?uins?|(?:sub-?|main )?account[ _-]?(?:id|no\.?|number)s?|(?:user|customer|tenant|member|owner)[ _-]?(?:id|no\.?|number)s?)"
    r"|(?:账[号户]|帐[号户]|用户|(?:主|子)账号)(?:id|uin))[ \t]?[\"']?[ \t]{0,2}(?:[:=#：（(/]|is|was|是|为)?[ \t]{0,2}[\"']?\Z",
    re.ASCII | re.IGNORECASE,
)

GROUPED_NUMBER = Detector(
    name="account_number_grouped",
    kind="UIN",
    pattern=r"[0-9](?<![\w.,-][0-9])(?=(?:[ ,'_-]?\d){8})\d{0,3}(?P<mark>[ ,'_-])\d{3,4}(?:(?P=mark)\d{3,4}){1,4}(?![A-Za-z0-9]|[.'-]\d)",
    trigger=r"(?i)(?:uin|id|no\.?|number)s?(?:[\"' \t:=#/(]|（|：|is|was|是|为){1,8}[0-9]{1,4}[ ,'_-][0-9]{3}",
    source="ISO 80000-1, 7.3.2: digits in groups; how people read numbers to each other",
    examples=(
        "uin: «100,012,345,678» closed",
        "UIN is «1000 1234 5678».",
        "account id («1000-1234-5678»)",
        "账号ID：«100 012 345 678»",
    ),
    counter_examples=("uin 1000 1234", "id 2026-11-27", "no 100,012,345,678 bytes", "uin 100 200x"),
    boundary="uin «1000-1234-5678»",
    score=0.85,
    check=Before(_GROUPED_CUE, _LONGEST_NUMBER_CUE, 0),
)

BESIDE_NUMBER = Detector(
    name="account_beside_number",
    kind="USERNAME",
    pattern=r"\b(?:uin|account|principalId|user)[\"']?[ :=]{1,3}[\"']?(?:\d{8,20}|A[A-Z0-9]{15,24}):(?P<value>[A-Za-z_][\w.@-]{1,62}\w)",
    trigger=r"(?i)[0-9A-Z]{8}:[A-Z_]",
    source="AWS IAM user guide: principalId is the unique id, a colon and the session name; Tencent Cloud STS alike",
    examples=(
        "account 200012345678:«li.na» shares",
        '"principalId":"AIDAJDPLRKLG7UEXAMPLE:«bob»"',
        "uin=100001234567:«anna_w»",
    ),
    counter_examples=("account 12:x", "time 12345678:abc", "account 200012345678: denied"),
    boundary="uin 10000123:«abc»",
    score=0.8,
    ignore_case=True,
)

CHINESE_CUE = Detector(
    name="account_cue_zh",
    kind="USERNAME",
    pattern=(
        r"(?:用户|账号|账户|帐号|登录名|登录人|操作人|操作员|子账号|管理员|申请人|创建人|创建者|提交人|工号|责任人|负责人|处理人|审批人|执行人|(?:指派|分配|转交|移交|授权|分享|共享|转派|抄送)[^，。；,;\n]{0,16}?给)(?:名称?|为|是|：|:|=)?[ \t]?[：:=]?[ \t]?[\"'“‘【\[（(<「]{0,2}"
        r"(?P<value>(?!(?i:id|uin|ip|agent|name|null|true|false|token|api|unknown)\b)[A-Za-z_][\w.@-]{0,62}\w)(?![\w(=/]|::)"
    ),
    trigger=r"(?:户|号|名|人|员|者|称|为|是|给|：)(?:[ \t:=\"'\[(<]|：|“|‘|【|（|「){0,6}[A-Za-z_]",
    source="RuoYi SysLoginService and AsyncFactory; Spring Security messages in Chinese",
    examples=(
        "登录用户：«zhangwei» 不存在.",
        "用户«li.na»登录成功",
        "操作人 «wang_1» 提交",
        "指派任务 #312 给 «sunli2»，请处理",
        "工号«K123456»登录",
    ),
    counter_examples=("用户ID为空", "用户 token 失效", "账号 null"),
    boundary="用户«ab»",
    score=0.8,
)

BY_ACCOUNT = Detector(
    name="by_account",
    kind="USERNAME",
    pattern=(
        r"\b(?:created|submitted|started|stopped|killed|cancell?ed|triggered|requested|approved|executed|owned|modified|updated|deleted"
        r"|locked|unlocked|uploaded|downloaded|run|launched|initiated|terminated|opened|closed|assigned|invited|reported|rejected|changed"
        r"|edited|scheduled|paused|resumed|viewed|accessed|exported|imported|shared|attempt|login|logon|access|su for [\w.-]{1,64}) by "
        rf"(?:user )?[\"']?(?P<value>{NAME})(?=[\"']?(?:[ ](?:from|on|at|for|in|via|with|using)\b|[,;)\]]|\.?\s|\.?\Z))"
    ),
    trigger=r"(?:ed|run|attempt|login|logon|access|su for [A-Za-z0-9_.-]{1,64}) by ",
    source="shadow su: Successful su for x by y; audit sentences of applications",
    examples=(
        "su[12]: Successful su for root by «devika»",
        "created by «maria.g» on 2024-01-01",
        "job cancelled by «hpc_user42»",
    ),
    counter_examples=("closed by org.apache.kafka.Broker", "killed by signal 9", "created by module"),
    boundary="login attempt by «a_1» from x",
    score=0.7,
    check=lambda match: _is_actor(match),
)


def _is_actor(match: re.Match[str]) -> bool:
    value = match.group("value")
    if match.group().startswith("su for") or match.string.startswith(" in /", match.end()):
        return True
    return is_account_shape(value) and value.islower() and value.count(".") < 2 and value not in NO_NAME


BEFORE_REQUEST = Detector(
    name="account_before_request",
    kind="USERNAME",
    pattern=(
        rf"(?:\d\.\d{{1,3}}|[0-9A-Fa-f:]:[0-9A-Fa-f]{{1,4}}|localhost)(?::\d{{1,5}})?[ \t]{{1,2}}(?P<quote>[\"\[(]?)(?P<value>{NAME})[\"\])]?"
        r"(?=[ \t]{1,2}[\"]?(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|PROPFIND|REPORT|MKCOL|MOVE|COPY|LOCK) /)"
    ),
    trigger=r"(?:[0-9]\.[0-9]{1,3}|:[0-9A-Fa-f]{1,4}|localhost)(?::[0-9]{1,5})?[ \t]{1,2}[\"\[(]?[A-Za-z_][0-9A-Za-z_.@+$-]{0,126}[\"\])]?[ \t]{1,2}\"?(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|PROPFIND|REPORT|MKCOL|MOVE|COPY|LOCK) /",
    source="Access logs of applications: client, user, request (CouchDB couch_log, Nexus request.log, Plone Z2.log)",
    examples=(
        "10.1.2.x 10.1.2.13 «vsokolov» GET /clin/_all_docs 200",
        '192.0.2.7:443 «anna» "POST /login HTTP/1.1" 200',
        "2001:db8::7 [«li.na»] PUT /x",
    ),
    counter_examples=("10.1.2.13 - GET /x", "10.1.2.13 443 GET /x", "10.1.2.13 request GET /x"),
    boundary="10.1.2.13 «jk» GET /",
    score=0.8,
    check=lambda match: not is_ordinary(match.group("value")) and not match.group("value")[0].isdigit(),
)

ACCOUNTS: tuple[Detector, ...] = (
    PHRASE,
    AT_HOST,
    SSH_TARGET,
    OPTION,
    BY_ACCOUNT,
    ACCOUNT_NUMBER,
    GROUPED_NUMBER,
    BESIDE_NUMBER,
    CHINESE_CUE,
    BEFORE_REQUEST,
)
