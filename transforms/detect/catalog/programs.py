"""Account names where one program writes them: a line of its log, a path or a name of its own form."""

import re

from transforms.detect.detector import Detector

SSHD = Detector(
    name="sshd",
    kind="USERNAME",
    pattern=(
        r"\b(?:(?:Accepted|Failed|Postponed|Partial) [\w/-]{1,40} for|(?:Invalid|invalid|illegal|authenticating) user|attempts exceeded for)"
        r" (?:(?:invalid|illegal) user )?(?P<value>(?!(?:from|invalid|user) )[^\s'\"]{1,64})(?= (?:from|port|\d|\[preauth)| ?\[preauth)"
    ),
    trigger=r"(?:Accepted|Failed|Postponed|Partial) [0-9A-Za-z_/-]{1,40} for |[Ii]nvalid user |illegal user |authenticating user |attempts exceeded for ",
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

ARN = Detector(
    name="arn_user",
    kind="USERNAME",
    pattern=(
        r"\barn:aws[a-z-]{0,20}:(?:iam|sts)::[^:\s\"']{0,32}:(?:user/|assumed-role/[\w+=,.@-]{1,64}/|federated-user/)(?:[\w+=,.@-]{1,64}/){0,8}"
        r"(?P<value>[\w+=,.@-]{1,64})(?![\w+=,.@-]|(?:/[\w+=,.@-]{1,64}){0,8}/<)"
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
    pattern=r"(?<=\s)(?P<value>(?!-)[^\s\[\]\"=<]{1,128}) (?=\[\d{1,2}/[A-Z][a-z]{2}/\d{4}:)",
    trigger=r"(?:[^- ]|[^ ]-) \[[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:",
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
    trigger=r"[0-9a-fA-F:] - [A-Za-z_][0-9A-Za-z_.@-]{1,63} [-\[]",
    source="nginx ngx_http_log_module: $remote_addr - $remote_user",
    examples=("203.0.113.9 - «anna» - GET /", "10.0.0.1 - «li.na» [x]", "2001:db8::1 - «bob» - x"),
    counter_examples=("10.0.0.1 - - [x]", "v1.2 - beta - x", "10.0.0.1 - anna"),
    boundary="1.1.1.1 - «ab» -",
    score=0.75,
)

RUOYI = Detector(
    name="ruoyi_login",
    kind="USERNAME",
    pattern=r"\](?:内网IP|[^\[\]\n]{1,60})\[(?P<value>[^\[\]\s]{1,64})\]\[(?=(?:Success|Error|Logout|Register)\])",
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

_METHODS = ("GET", "OST", "PUT", "EAD", "ETE", "TCH", "ONS")

HDFS_HOME = Detector(
    name="hdfs_home",
    kind="USERNAME",
    pattern=(
        r"(?:hdfs://[^/\s\"']{0,255}|(?<![\w./-])(?<!<USERNAME>))/user/(?P<value>(?!(?:hive|spark|history|oozie|hue|impala|hdfs)\b)[A-Za-z_][\w.@-]{0,63})"
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

PROGRAMS: tuple[Detector, ...] = (
    SSHD,
    SUDO,
    BY_UID,
    MYSQL_ACCOUNT,
    MYSQL_SLOW,
    PGBOUNCER,
    ARN,
    ID_COMMAND,
    POSTGRES_PREFIX,
    ACCESS_LOG,
    PROXY_LOG,
    RUOYI,
    HDFS_HOME,
    WINDOWS_LOGON,
    ARN_ACCOUNT,
)
