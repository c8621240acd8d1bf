"""Account names and account numbers next to the cues of real programs."""

import re

from transforms.detect.detector import Detector
from transforms.detect.words import NO_NAME

NAME = r"[A-Za-z0-9_](?:[\w.@+-]{0,62}[\w$])?"
_FOLLOWS = re.compile(
    r"[\"'`>)\]]?(?:[ \t]{1,2}(?:from|has|had|is|was|at|on|with|via|not|does|did|can(?:not)?|could|by|in|for|to|logged|login|\w{2,12}ed\b)"
    r"|[ \t]?[:;,)\]（，。；]|\.?[ \t]{0,2}(?:\Z|[\r\n]))"
)
_STRONG = frozenset(
    "for by of as invalid illegal unknown authenticating new failed deleting adding username".split()
)
_QUOTES = "\"'`<[(“‘「【"
_ACCOUNT_SHAPE = re.compile(r"(?=.{0,63}[\d._@-])(?=.{0,63}[A-Za-z]).{3,64}\Z")


def is_account_shape(value: str) -> bool:
    """Tell whether a word looks like an account name rather than language: a letter, and a digit, dot, _ or -."""
    return _ACCOUNT_SHAPE.match(value) is not None and not value.endswith(
        (".java", ".py", ".sh", ".log", ".conf")
    )


def _is_phrase(match: re.Match[str]) -> bool:
    value = match.group("value")
    if match.group("quote") not in ("", "(", "["):
        return value.lower() not in ("null", "none", "unknown", "s", "t")
    if value.lower() in NO_NAME or value.lower().startswith(("-", "s_")) or value.isdigit():
        return False
    if match.group("cue").lower() == "login" and match.string[match.end() : match.end() + 1] == ":":
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
        rf"[ \t]{{1,2}}(?P<quote>[\"'`<\[(“‘]?)(?P<value>{NAME})(?![\w=/\\]|::|\(\))"
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
    boundary="for user «bob»",
    score=0.75,
    ignore_case=True,
    check=_is_phrase,
)

SSHD = Detector(
    name="sshd",
    kind="USERNAME",
    pattern=(
        r"\b(?:(?:Accepted|Failed|Postponed|Partial) [\w/-]{1,40} for|(?:Invalid|invalid|illegal|authenticating) user|attempts exceeded for)"
        r" (?:(?:invalid|illegal) user )?(?P<value>(?!(?:from|invalid|user) )[^\s'\"]{1,64})(?= (?:from|port|\d|\[preauth)| ?\[preauth)"
    ),
    trigger=r"(?:Accepted|Failed|Postponed|Partial) [a-z/-]{1,40} for |[Ii]nvalid user |illegal user |authenticating user |attempts exceeded for ",
    source="OpenSSH auth.c, packet.c, monitor.c",
    examples=(
        "Accepted publickey for «lin» from 203.0.113.x port 22 ssh2",
        "Failed password for invalid user «123» from x",
        "Disconnected from authenticating user «x.y» 10.x port 3 [preauth]",
    ),
    counter_examples=(
        "Failed password for from x",
        "Accepted connection for x",
        "input_userauth_request: invalid user  [preauth]",
    ),
    boundary="Invalid user «a» from",
    score=0.9,
)

SUDO = Detector(
    name="sudo",
    kind="USERNAME",
    pattern=(
        r"\bsudo(?:\[\d{1,10}\])?:[ \t]{1,8}(?P<value>[\w.@-]{1,64}) : (?=[A-Za-z0-9 ]{0,40}(?:;|TTY=|command))"
    ),
    trigger=r"sudo(?:\[[0-9]{1,10}\])?:[ \t]",
    source="sudo(8) log format, logging.c",
    examples=(
        "sudo:   «ubuntu» : TTY=pts/0 ; PWD=/ ; USER=x",
        "sudo[12]: «anna» : command not allowed ; TTY=x",
        "sudo: «li.na» : 3 incorrect password attempts ; TTY=x",
    ),
    counter_examples=("sudo: unable to resolve host x", "pseudo: a : TTY=", "sudo : TTY=x"),
    boundary="sudo: «a» : TTY=x",
    score=0.9,
)

BY_UID = Detector(
    name="pam_by",
    kind="USERNAME",
    pattern=r"(?:\bby |\(to \w{1,32}\) |\bfor |= ?)(?P<value>[A-Za-z_][\w.-]{0,63}\$?)(?:\(uid=\d{1,10}\)| on (?:pts/|tty|/dev/))",
    trigger=r"\(uid=[0-9]| on (?:pts/|tty|/dev/)",
    source="Linux-PAM pam_unix session messages; util-linux and shadow su",
    examples=(
        "session opened for user x by «ubuntu»(uid=0)",
        "su: (to root) «anna» on pts/1",
        "opened by «li»(uid=1000)",
    ),
    counter_examples=("by (uid=0)", "mounted on /dev/sda1", "by x(gid=0)"),
    boundary="by «x»(uid=0)",
    score=0.85,
)

AT_HOST = Detector(
    name="account_at_host",
    kind="USERNAME",
    pattern=(
        r"(?<![\w./@%+'$-])(?:(?P<value>(?!(?:[A-Z][a-z]+){3})[A-Za-z_][\w.-]{0,63})@(?='?\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.|localhost\b|ip-\d|\[)"
        r")"
    ),
    trigger=r"[A-Za-z0-9_.-]@'?(?:\[|[0-9]{1,3}\.|localhost|ip-[0-9])",
    source="RFC 3986, 3.2.1 (userinfo@host) as ssh, PostgreSQL and pgbouncer write it",
    examples=("ssh «anna»@10.0.0.1 ls", "[«li.na»@203.0.113.9] x", "login «bob»@localhost"),
    counter_examples=("a/b@10.0.0.1x", "java.lang.Object@1f2e3d", "@localhost"),
    boundary="«x»@10.1.1.1",
    score=0.85,
)

SSH_TARGET = Detector(
    name="ssh_target",
    kind="USERNAME",
    pattern=r"\b(?:ssh|scp|sftp|rsync|mosh)\b[^\n@]{0,60}[ =](?P<value>[A-Za-z_][\w.-]{0,63})@(?=[\w\[])",
    trigger=r"(?:ssh|scp|sftp|rsync|mosh)[^\n@]{0,560}@",
    source="ssh(1), scp(1), sftp(1), rsync(1): destination [user@]host",
    examples=("ssh «anna»@login01 hostname", "scp a.bam «li»@hpc:/data", "rsync -a x «bob»@h.example.com:y"),
    counter_examples=("sshd started", "ssh host1", "scp a b"),
    boundary="ssh «a»@b",
    score=0.8,
)

MYSQL_ACCOUNT = Detector(
    name="mysql_account",
    kind="USERNAME",
    pattern=r"'(?P<value>[^'\s]{1,80})'@'[^']{0,255}'",
    trigger=r"'@'",
    source="MySQL 8.0 reference manual, 8.2.4 Specifying Account Names",
    examples=(
        "Access denied for user '«app»'@'10.0.0.x' (using password: YES)",
        "GRANT ALL TO '«li.na»'@'%'",
        "DEFINER='«x»'@'localhost'",
    ),
    counter_examples=("''@'localhost'", "'a' @ 'b'", "a'@'b"),
    boundary="'«a»'@'b'",
    score=0.9,
)

MYSQL_SLOW = Detector(
    name="mysql_slow",
    kind="USERNAME",
    pattern=r"\bUser@Host: (?P<value>[^\s\[]{1,80}\[[^\s\]]{1,80})(?=\] @|\Z)",
    trigger=r"User@Host: ",
    source="MySQL 8.0 reference manual, 7.4.5 The Slow Query Log",
    examples=(
        "# User@Host: «root[root»] @ localhost []",
        "# User@Host: «app[x»] @ h [10.x]",
        "# User@Host: «a.b[a.b»] @ h []",
    ),
    counter_examples=("# User@Host: [SQL_SLAVE] @ []", "User@Host", "User@Host:x"),
    boundary="User@Host: «a[b»] @",
    score=0.9,
)

PGBOUNCER = Detector(
    name="pgbouncer",
    kind="USERNAME",
    pattern=r"\b[CS]-0x[0-9a-f]{4,16}: [^\s/@]{1,64}/(?P<value>[^\s@]{1,64})@",
    trigger=r"[CS]-0x[0-9a-f]{4,16}: [^ /@]{1,256}/",
    source="PgBouncer objects.c, log prefix of sockets: database/user@address",
    examples=(
        "C-0x55d1b8: pgbench/«gilles»@192.168.x:4 login attempt",
        "S-0x55d1b8: db/«app-rw»@10.x new connection",
        "C-0xabcdef01: (nodb)/«anna»@[::1]:3 closing",
    ),
    counter_examples=("C-0x55d1b8: login", "X-0x55d1: a/b@c", "C-0x55d1b8: (nodb)/(nouser) x"),
    boundary="C-0x55d1: d/«u»@",
    score=0.9,
)

HOME = Detector(
    name="home_directory",
    kind="USERNAME",
    pattern=(
        r"(?<![\w.:/-])(?:/[\w.-]{1,64}){0,6}?/(?:home|homes|Users)\d?/(?P<value>(?!(?:Shared|Public|linuxbrew)\b)[\w][\w.@+-]{0,63})(?![\w.@+-])"
    ),
    trigger=r"/(?:home|homes|Users)[0-9]?/[0-9A-Za-z_]",
    source="Filesystem Hierarchy Standard 3.0, 3.8; macOS File System Programming Guide",
    examples=("cd /home/«anna»/work", "open('/Users/«li.na»/x')", "PWD=/data/home/«bob» ;"),
    counter_examples=("https://h.example.com/home/index", "/homepage/x", "/Users/Shared/a"),
    boundary="/home/«x»",
    score=0.85,
)

WINDOWS_HOME = Detector(
    name="windows_home",
    kind="USERNAME",
    pattern=(
        r"(?i:\b[a-z]:[\\/]{1,2}(?:Users|Documents and Settings)[\\/]{1,2})(?P<value>(?!(?i:Public|Default|All Users|Default User)\b)"
        r"[^\\/:*?\"<>|\r\n\s](?:[^\\/:*?\"<>|\r\n]{0,62}(?=[\\/])|[^\\/:*?\"<>|\s]{0,62}))"
    ),
    trigger=r"[\\/][Uu][Ss][Ee][Rr][Ss][\\/]|Documents and Settings",
    source="Microsoft: known folder FOLDERID_UserProfiles",
    examples=(r"C:\Users\«anna»\AppData", r"open C:/Users/«Li Na»/x.txt", r"D:\Documents and Settings\«bob»"),
    counter_examples=(r"C:\Users\Public\x", r"\\srv\users", r"C:\Users" + "\\"),
    boundary=r"c:\users\«x»",
    score=0.85,
)

ARN = Detector(
    name="arn_user",
    kind="USERNAME",
    pattern=(
        r"\barn:aws[a-z-]{0,20}:(?:iam|sts)::[^:\s\"']{0,32}:(?:user/|assumed-role/[\w+=,.@-]{1,64}/|federated-user/)(?:[\w+=,.@-]{1,64}/){0,8}"
        r"(?P<value>[\w+=,.@-]{1,64})(?![\w+=,.@-]|/<)"
    ),
    trigger=r"arn:aws[a-z-]{0,20}:(?:iam|sts)::",
    source="AWS IAM user guide, IAM ARNs",
    examples=(
        '"arn":"arn:aws:iam::123456789012:user/«bert-jan»"',
        "arn:aws:sts::123456789012:assumed-role/Admin/«anna»",
        "arn:aws-cn:iam::1:user/dev/«li»",
    ),
    counter_examples=(
        "arn:aws:s3:::bucket/user/x",
        "arn:aws:iam::1:role/Admin",
        "arn:aws:iam::1:policy/user",
    ),
    boundary="arn:aws:iam::1:user/«x»",
    score=0.9,
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
    check=lambda match: not match.group("value").isdigit(),
)

ID_COMMAND = Detector(
    name="id_command",
    kind="USERNAME",
    pattern=r"\b(?:e?uid|auid|suid|fsuid|UserId)=\d{1,10}\((?P<value>[A-Za-z_][\w.@\\-]{0,63}\$?)\)",
    trigger=r"(?:uid|UserId)=[0-9]{1,10}\([A-Za-z_]",
    source="id(1), POSIX.1-2017; audit records of auditd with -i",
    examples=("uid=1000(«anna») gid=1000", "euid=0(«root»)", "as uid=1(«li.na»),"),
    counter_examples=("uid=1000", "gid=1000(users)", "uid=(x)"),
    boundary="uid=0(«x»)",
    score=0.9,
)

POSTGRES_PREFIX = Detector(
    name="postgres_prefix",
    kind="USERNAME",
    pattern=(
        r"(?<![\w.$-])(?P<value>[A-Za-z_][\w.$-]{0,62}+)(?=@[\w$.-]{1,63} (?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|STATEMENT|DETAIL|HINT|CONTEXT|DEBUG[1-5]?): )"
    ),
    trigger=r"[0-9A-Za-z_.$-]@[0-9A-Za-z_$.-]{1,63} (?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|STATEMENT|DETAIL|HINT|CONTEXT|DEBUG[1-5]?): ",
    source="PostgreSQL manual, 19.8 log_line_prefix %u@%d",
    examples=(
        "[123] «app»@orders LOG:  statement",
        "UTC «li_na»@db ERROR:  x",
        "«postgres»@postgres FATAL:  y",
    ),
    counter_examples=("@db LOG: x", "a@b log: x", "x LOG:  y"),
    boundary="«a»@b LOG: ",
    score=0.85,
)

_CLIENT_AND_IDENT = re.compile(r"[^\s\[\]\"] [^\s\"]{1,64} \Z")

ACCESS_LOG = Detector(
    name="access_log_user",
    kind="USERNAME",
    pattern=r"(?<=\s)(?P<value>(?!-)[^\s\[\]\"=]{1,128}) (?=\[\d{1,2}/[A-Z][a-z]{2}/\d{4}:)",
    trigger=r"[^- ] \[[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:",
    source="Apache mod_log_config, Common Log Format %h %l %u %t; nginx combined",
    examples=(
        '10.x - «anna» [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.0" 200 1',
        'h.example - «li.na» [01/Jan/2024:00:00:00 +0800] "-"',
        "::x ident «bob» [1/Feb/2024:00:00:00 +0000]",
    ),
    counter_examples=(
        "10.x - - [10/Oct/2023:13:55:36 +0000]",
        "[10/Oct/2023:13:55:36 +0000] x",
        "at [10/Oct/2023:13:55:36]",
    ),
    boundary="h - «a» [10/Oct/2023:13:55:36 +0000]",
    score=0.8,
    check=lambda match: (
        _CLIENT_AND_IDENT.search(match.string, max(0, match.start() - 80), match.start()) is not None
    ),
)

PROXY_LOG = Detector(
    name="proxy_log_user",
    kind="USERNAME",
    pattern=r"(?m)(?:^|(?<=\s))(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{4,40}) - (?P<value>[A-Za-z_][\w.@-]{1,63}) (?=-|\[)",
    trigger=r"[0-9a-fA-F] - [A-Za-z_][0-9A-Za-z_.@-]{1,63} [-\[]",
    source="nginx ngx_http_log_module: $remote_addr - $remote_user",
    examples=("203.0.113.9 - «anna» - GET /", "10.0.0.1 - «li.na» [x]", "2001:db8::1 - «bob» - x"),
    counter_examples=("10.0.0.1 - - [x]", "v1.2 - beta - x", "10.0.0.1 - anna"),
    boundary="1.1.1.1 - «ab» -",
    score=0.75,
)

RUOYI = Detector(
    name="ruoyi_login",
    kind="USERNAME",
    pattern=r"\](?:内网IP|[^\[\]]{1,60})\[(?P<value>[^\[\]\s]{1,64})\]\[(?=(?:Success|Error|Logout|Register)\])",
    trigger=r"\]\[(?:Success|Error|Logout|Register)\]",
    source="RuoYi AsyncFactory.recordLogininfor: [ip]place[user][status][message]",
    examples=(
        "[x]内网IP[«admin»][Success][登录成功]",
        "[x]广东 深圳[«li»][Error][密码错误]",
        "]XX XX[«wang»][Logout][退出成功]",
    ),
    counter_examples=("[a][Success]", "x[a][b][c]", "[x]内网IP[][Error]"),
    boundary="]x[«a»][Register]",
    score=0.9,
)

ACCOUNT_NUMBER = Detector(
    name="account_number",
    kind="UIN",
    pattern=(
        r"(?:(?<![A-Za-z])(?:(?:own|owner|sub|login|user|root)?[ _-]?uin|(?:sub-?|main )?account(?:[ _-]?(?:id|no\.?|number))?|(?:user|customer|tenant|member|owner)[ _-]?(?:id|no\.?|number)?)"
        r"|账[号户]|帐[号户]|用户|(?:主|子)账号)(?:ID|id|UIN|uin)?[ \t]?[\"']?[ \t]{0,2}[:=#：（(/]?[ \t]{0,2}[\"']?(?P<value>\d{8,20})(?![\w]|\.\d)"
    ),
    trigger=r"(?i)(?:uin|account|id|user|no\.?|number|customer|tenant|member|owner|号|户)(?:[\"' \t:=#/(]|（|：){0,8}[0-9]{8}",
    source="Tencent Cloud CAM: UIN, the account's number; AWS account ids of 12 digits",
    examples=(
        "account «100001234567» is in arrears",
        "sub-account «200012345678» denied",
        "qcs::cam::uin/«100001234567»:root",
    ),
    counter_examples=("user 1234567", "account 100001234567x", "userid_100001234567"),
    boundary="uin «10000123»",
    score=0.85,
    ignore_case=True,
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
        r"(?:用户|账号|账户|帐号|登录名|登录人|操作人|操作员|子账号|管理员|申请人|创建人|创建者|提交人)(?:名称?|为|是|：|:|=)?[ \t]?[：:=]?[ \t]?[\"'“‘【\[（(<「]{0,2}"
        r"(?P<value>(?!(?i:id|uin|ip|agent|name|null|true|false|token|api|unknown)\b)[A-Za-z_][\w.@-]{0,62}\w)(?![\w(=/]|::)"
    ),
    trigger=r"(?:户|号|名|人|员|者|称|为|是|：)[ \t:=\"'\[(<]{0,4}(?:“|‘|【|（|「|：)?[A-Za-z_]",
    source="RuoYi SysLoginService and AsyncFactory; Spring Security messages in Chinese",
    examples=("登录用户：«zhangwei» 不存在.", "用户«li.na»登录成功", "操作人 «wang_1» 提交"),
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
    if match.group().startswith("su for"):
        return True
    return is_account_shape(value) and value.islower() and value.count(".") < 2 and value not in NO_NAME


_METHODS = ("GET", "OST", "PUT", "EAD", "ETE", "TCH", "ONS")

HDFS_HOME = Detector(
    name="hdfs_home",
    kind="USERNAME",
    pattern=(
        r"(?:hdfs://[^/\s\"']{0,255}|(?<![\w./-]))/user/(?P<value>(?!(?:hive|spark|history|oozie|hue|impala|hdfs)\b)[A-Za-z_][\w.@-]{0,63})"
        r"(?=[/\"':\s]|\Z)"
    ),
    trigger=r"/user/[A-Za-z_]",
    source="Apache Hadoop: FileSystem.getHomeDirectory is /user/<name>",
    examples=(
        'inode="/user/«etl_svc»":hdfs',
        "hdfs://nn:8020/user/«anna»/in",
        "allocateBlock: /user/«root»/rand/_temporary",
    ),
    counter_examples=("GET /user/profile HTTP/1.1", "/api/user/x", "/user/hive/warehouse"),
    boundary="/user/«x»",
    score=0.8,
    check=lambda match: match.string[max(0, match.start() - 8) : match.start()].rstrip()[-3:] not in _METHODS,
)

WINDOWS_LOGON = Detector(
    name="windows_logon",
    kind="USERNAME",
    pattern=(
        r"(?i:\b(?:user|account|login|logon|for|by|as|from|name)[ \t=:]{1,4}[\"']?)[A-Z][A-Z0-9-]{1,14}\\{1,2}(?P<value>[A-Za-z][\w.$-]{1,63})(?![\w\\])"
    ),
    trigger=r"[A-Z0-9-]\\{1,2}[A-Za-z]",
    source="Microsoft: down-level logon name DOMAIN\\user",
    examples=(r"mapped for CORP\«jdoe»", r"user=LAB\«anna» ok", r'login "EU\\«li.na»"'),
    counter_examples=(r"key HKLM\Software", r"from C:\temp", r"ERROR\nfailed"),
    boundary=r"by X1\«ab»",
    score=0.8,
)

ARN_ACCOUNT = Detector(
    name="arn_account",
    kind="UIN",
    pattern=r"\barn:aws[a-z-]{0,20}:[a-z0-9-]{1,32}:[a-z0-9-]{0,20}:(?P<value>\d{12}):",
    trigger=r"arn:aws[a-z-]{0,20}:[a-z0-9-]{1,32}:[a-z0-9-]{0,20}:[0-9]{12}:",
    source="AWS General Reference, Amazon Resource Names: the fifth part is the account",
    examples=(
        "arn:aws:iam::«123456789012»:user/x",
        "arn:aws-cn:sts::«123456789012»:assumed-role/a/b",
        '"arn:aws:lambda:us-east-1:«123456789012»:function:f"',
    ),
    counter_examples=("arn:aws:s3:::bucket", "arn:aws:iam::aws:policy/x", "arn:aws:iam::12:user"),
    boundary="arn:aws:iam::«123456789012»:",
    score=0.9,
)

ACCOUNTS: tuple[Detector, ...] = (
    PHRASE,
    SSHD,
    SUDO,
    BY_UID,
    AT_HOST,
    SSH_TARGET,
    MYSQL_ACCOUNT,
    MYSQL_SLOW,
    PGBOUNCER,
    HOME,
    WINDOWS_HOME,
    ARN,
    OPTION,
    ID_COMMAND,
    POSTGRES_PREFIX,
    ACCESS_LOG,
    PROXY_LOG,
    RUOYI,
    BY_ACCOUNT,
    HDFS_HOME,
    WINDOWS_LOGON,
    ARN_ACCOUNT,
    ACCOUNT_NUMBER,
    BESIDE_NUMBER,
    CHINESE_CUE,
)
