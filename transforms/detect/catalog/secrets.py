"""What opens a door: keys, tokens, passwords, sessions."""

import re

from transforms.detect.conditions import Every, Holds, Not, Some
from transforms.detect.detector import Detector

_B64URL = r"[A-Za-z0-9_-]"

TENCENT_ID = Detector(
    name="tencent_secret_id",
    kind="SECRET_ID",
    pattern=r"(?<![A-Za-z0-9])(?P<value>[AI]KID[A-Za-z0-9_-]{13,128})",
    trigger=r"[AI]KID[A-Za-z0-9_-]{13}",
    source="Tencent Cloud CAM, Access Key: SecretId is AKID (IKID abroad) and 32 letters and digits, longer for temporary ones",
    examples=(
        "secretId=«AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE»",
        "Credential=«AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE»/2019-02-25",
        "密钥«AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE»无效",
    ),
    counter_examples=("AKID is short", "xAKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "MAKIDA"),
    boundary="«AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE».",
    score=1.0,
)

AWS_ID = Detector(
    name="aws_key_id",
    kind="SECRET_ID",
    pattern=r"(?<![A-Za-z0-9])(?P<value>(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA|ASCA)[A-Z0-9]{16,20})(?![A-Za-z0-9])",
    trigger=r"A(?:KIA|SIA|BIA|CCA|ROA|IDA|GPA|IPA|NPA|NVA|PKA|SCA)[A-Z0-9]{16}",
    source="AWS IAM user guide, IAM identifiers: unique ID prefixes",
    examples=(
        '"accessKeyId":"«AKIAIOSFODNN7EXAMPLE»"',
        "principal «AIDAJDPLRKLG7UEXAMPLE»:bob",
        "key «ASIAIOSFODNN7EXAMPLE» expired",
    ),
    counter_examples=("AKIAIOSFODNN7", "XAKIAIOSFODNN7EXAMPLE", "Sequence: ACCATTGACGTTAGACCTGATCGA"),
    boundary="«AKIAIOSFODNN7EXAMPLE»",
    score=0.97,
    check=Holds(re.compile("[^ACGTN]")),
)

JWT = Detector(
    name="jwt",
    kind="JWT",
    pattern=rf"(?<![A-Za-z0-9])(?P<value>eyJ{_B64URL}{{5,}}\.{_B64URL}{{4,}}(?:\.{_B64URL}*){{0,3}})",
    trigger=r"eyJ[A-Za-z0-9_-]{5}",
    source="RFC 7519, 3; compact serialisation RFC 7515, 7.1 and RFC 7516, 7.1",
    examples=(
        "Bearer «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXg»",
        "token=«eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.» end",
        '{"t":"«eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.abc-DEF_123»"}',
    ),
    counter_examples=("eyJabc", "keyJournal.read()", "eyJhbGciOiJIUzI1NiJ9 alone"),
    boundary="«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln»",
    score=1.0,
)

PRIVATE_KEY = Detector(
    name="private_key",
    kind="PRIVATE_KEY",
    pattern=(
        r"(?P<value>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,16384}"
        r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?)"
    ),
    trigger=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",
    source="RFC 7468, 10 and 11; PuTTY and OpenPGP armour RFC 9580, 6.2",
    examples=(
        "«-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----» ok",
        "key: «-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----»",
        "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn» ".rstrip(),
    ),
    counter_examples=(
        "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
        "PRIVATE KEY not found",
    ),
    boundary="«-----BEGIN EC PRIVATE KEY-----»",
    score=1.0,
)

SERVICE_TOKEN = Detector(
    name="service_token",
    kind="SECRET",
    pattern=(
        r"(?<![A-Za-z0-9])(?P<value>gh[opsur]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}|xox[abeoprs]-[\w-]{10,250}"
        r"|AIza[\w-]{35}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,250}|sk-(?:ant-|proj-)?[\w-]{20,250}|npm_[A-Za-z0-9]{36}"
        r"|pypi-[\w-]{50,500}|LTAI[A-Za-z0-9]{12,30}|hf_[A-Za-z0-9]{30,50}|dop_v1_[0-9a-f]{64}|tfp_[\w-]{40,60})(?![A-Za-z0-9])"
    ),
    trigger=(
        r"gh[opsur]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abeoprs]-|AIza[0-9A-Za-z_-]{35}|[srp]k_(?:live|test)_|sk-[0-9A-Za-z_-]{20}"
        r"|npm_[A-Za-z0-9]{36}|pypi-[0-9A-Za-z_-]{50}|LTAI[A-Za-z0-9]{12}|hf_[A-Za-z0-9]{30}|dop_v1_|tfp_"
    ),
    source="Token prefixes that GitHub, GitLab, Slack, Google, Stripe, OpenAI, npm, PyPI, Alibaba Cloud document",
    examples=(
        "push with «ghp_0123456789abcdefghijABCDEFGHIJ012345» failed",
        "«glpat-abcdefghij0123456789»",
        "key=«AIzaSyA0123456789abcdefghijklmnopqrstuv»",
    ),
    counter_examples=("ghp_short", "task-sk-1", "npm_config_registry"),
    boundary="«npm_0123456789abcdefghijABCDEFGHIJ012345»",
    score=1.0,
)


_IS_TOKEN = Some(
    Holds(re.compile("[0-9]")),
    Every(Holds(re.compile(".{16}")), Some(Holds(re.compile("[A-Z]")), Not(Holds(re.compile("[a-z]"))))),
)
"""Letters alone are a word, unless they are many and not all small."""

BEARER = Detector(
    name="bearer",
    kind="SECRET",
    pattern=(
        r"\b(?:Bearer[ \t]{1,4}|Basic[ \t]{1,4}(?=[A-Za-z0-9+/]{6,}={0,2}(?![\w+/])))"
        r"(?P<value>[A-Za-z0-9._~+/-]{8,}={0,2})"
    ),
    trigger=r"[Bb][Ee][Aa][Rr][Ee][Rr][ \t]|[Bb][Aa][Ss][Ii][Cc][ \t]",
    source="RFC 6750, 2.1; RFC 7617, 2",
    examples=(
        "-H 'X-Auth: Bearer «mF_9.B5f-4.1JqM»' https://h",
        "sent Basic «dXNlcjpwYXNzd29yZA==» to proxy",
        "Bearer «abcdef0123456789abcdef» twice",
    ),
    counter_examples=("Basic information", "Bearer token missing", "basic usage1 example"),
    boundary="Bearer «abcdefg1»",
    score=0.97,
    ignore_case=True,
    check=_IS_TOKEN,
)

AUTHORIZATION = Detector(
    name="authorization",
    kind="SECRET",
    pattern=(
        r"\b(?:proxy-)?authorization[\"']?[ \t]{0,2}[:=][ \t]{0,2}[\"']?(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey"
        r"|AWS4-HMAC-SHA256|TC3-HMAC-SHA256|Signature|Hawk|Mac)[ \t]{1,2}(?P<value>[^\s\"'][^\"'\r\n]{3,4000})"
    ),
    trigger=r"[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn][\"']?[ \t]{0,2}[:=]",
    source="RFC 9110, 11.6.2; IANA HTTP authentication schemes; Tencent Cloud API signature v3",
    examples=(
        "Authorization: Digest «username=x, response=0123»",
        "authorization: Basic «dXNlcjpwYXNzd29yZA==»",
        "Authorization: TC3-HMAC-SHA256 «Credential=AKIDx/2019-02-25/cvm/tc3_request, Signature=72e4»",
    ),
    counter_examples=("authorization failed: denied", "Authorization: ", "authorization=ok"),
    boundary="Authorization: Token «abcd»",
    score=0.97,
    ignore_case=True,
)

_ACTORS = re.compile(r"\A(?:akka|pekko|artery|spark)\b")
"""Schemes of actor systems: what stands before @ is a system's or an endpoint's name."""

USERINFO = Detector(
    name="url_userinfo",
    kind="SECRET",
    pattern=(
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://(?P<value>[^\s/?#@\"'<>]{1,256}(?=@(?:[\w-]+(?:\.[\w-]+)+|localhost|\[|[\w-]+:\d)(?![\w.:-]*@))"
        r"|[^\s/?#@\"'<>:]{0,64}:(?!\d{1,5}[/?#])[^\s\"'<>]{1,256}(?=@[\w\[.-])|[^\s/?#@\"'<>]{1,256}(?=@[\w\[.-]))"
    ),
    trigger=r"://[^ \t\r\n\"'<>]+@",
    source="RFC 3986, 3.2.1; a password that was not escaped ends at the last @ before the host",
    examples=(
        "jdbc via mysql://«app:s3cret»@db.example.com/x",
        "clone https://«token»@git.example.com/r.git",
        "amqp://«guest:guest»@mq:5672",
        "postgres://«app:p@ss/w0rd»@db.example.com:5432/orders postgres://«app:p#ss?w0rd»@db.example.com:5432/o",
        "https://«anna:p@ss:w/ord»@db.example.com/x",
    ),
    counter_examples=(
        "https://example.com/@scope/pkg",
        "mailto://",
        "http://h/p?q=a@b",
        "akka.tcp://driverSystem@worker-07:55904",
    ),
    boundary="ftp://«u»@h",
    score=0.96,
    check=Some(Holds(re.compile(":")), Not(Holds(_ACTORS, 0))),
)

COOKIE = Detector(
    name="cookie",
    kind="COOKIE",
    pattern=r"\b(?:Set-)?Cookie2?[\"']?[ \t]{0,2}[:=][ \t]{0,2}(?P<quote>[\"']?)(?P<value>[^\s\"'][^\"'\r\n]{1,4000})",
    trigger=r"[Cc][Oo][Oo][Kk][Ii][Ee]2?[\"']?[ \t]{0,2}[:=]",
    source="RFC 6265, 4.1.1 and 4.2.1",
    examples=(
        "Cookie: «sid=31d4d96e407aad42; lang=en-US»",
        "set-cookie: «id=a3f; Path=/»",
        '{"cookie": "«a=b»"}',
    ),
    counter_examples=("cookie expired", "Cookie: ", "cookies: 12"),
    boundary="Cookie: «a=1»",
    score=0.95,
    ignore_case=True,
)

QUOTED_PASSWORD = Detector(
    name="quoted_password",
    kind="SECRET",
    pattern=(
        r"\b(?:password|passwd|passphrase|identified by|secret|token)(?: is| was| of| used)?[ \t]{1,2}"
        r"(?P<quote>[\"'`])(?P<value>[^\"'`\r\n]{1,256})(?P=quote)"
    ),
    trigger=r"(?i)(?:password|passwd|passphrase|identified by|secret|token)(?: is| was| of| used)?[ \t]{1,2}[\"'`]",
    source="SQL: ALTER ROLE … PASSWORD, IDENTIFIED BY of PostgreSQL and MySQL; honeypots that log the password tried",
    examples=(
        "ALTER ROLE x WITH PASSWORD '«s3cret»'",
        "CREATE USER a IDENTIFIED BY '«x y»' REQUIRE SSL",
        'for user x with password "«123456»" accepted',
    ),
    counter_examples=("password required", "PASSWORD NULL", "password ''"),
    boundary="password '«x»'",
    score=0.95,
    ignore_case=True,
    check=Holds(re.compile(r"\S")),
)

OPTION = Detector(
    name="secret_option",
    kind="SECRET",
    pattern=(
        r"(?<!\S)--?(?:[a-z0-9]{1,20}-)?(?:password|passwd|passphrase|pass|pw|secret|token|api-?key|secret-key|secret-id|access-key(?:-id)?|auth-token)[ \t]{1,2}"
        r"(?P<quote>[\"']?)(?P<value>[^\s\"'-][^\s\"']{2,256})"
    ),
    trigger=r"-(?:password|passwd|passphrase|pass|pw|secret|token|api-?key|secret-key|secret-id|access-key(?:-id)?|auth-token)[ \t]",
    source="GNU long options with the argument apart",
    examples=(
        "mysql --password «s3cret» -h x",
        "nextflow run --tower-token «abc123» main.nf",
        "cli -token «0123abcd» list",
    ),
    counter_examples=("--password --host x", "--token-file x", "x--password y"),
    boundary="--secret «abc»",
    score=0.9,
)

SHORT_OPTION = Detector(
    name="secret_short_option",
    kind="SECRET",
    pattern=(
        r"\b(?:(?:curl|wget|http|https|smbclient|ldapsearch|mongo|cqlsh)\b[^\n|;&]{0,200}?[ ](?:-u|--user|-U|-a)[ =]?[\"']?(?P<value>[^\s:\"'%]{1,64}[:%][^\s\"']{1,128}))"
    ),
    trigger=r"(?:curl|wget|http|https|smbclient|ldapsearch|mongo|cqlsh)[^\n|;&]{0,200} (?:-u|--user|-U|-a)[ =]?[\"']?[^ :\"'%\n]{1,64}[:%]",
    source="curl(1) -u user:password; smbclient(1) -U user%password",
    examples=("curl -u «anna:S3cr3tPw» https://h", "curl -s --user '«li:pw1»' x", "wget --user=«a:b1c» u"),
    counter_examples=("curl -u anna https://h", "curl -k -o x", "curl -o x:y"),
    boundary="curl -u «a:b»",
    score=0.9,
)

MYSQL_OPTION = Detector(
    name="mysql_option",
    kind="SECRET",
    pattern=r"\b(?:mysql\w{0,8}|mariadb[\w-]{0,8}|xtrabackup)[ ][^\n|;&]{0,200}?(?<=[ ])-p(?P<quote>[\"']?)(?P<value>[^\s\"'-][^\s\"']{1,128})",
    trigger=r"(?:mysql|mariadb|xtrabackup)[^\n|;&]{0,200} -p[\"']?[^ -]",
    source="mysql(1): the password is attached to -p",
    examples=("mysql -uroot -p«S3cr3tPw» -h db", "mysqldump -p'«pass-1»' x", "mariadb -h db -p«hunter2» y"),
    counter_examples=("mysql -p -h db", "mysql -P3306", "cp -pr x"),
    boundary="mysql -p«ab»",
    score=0.9,
)

TOOL_OPTION = Detector(
    name="tool_option",
    kind="SECRET",
    pattern=(
        r"\b(?:sshpass[ ](?:-v[ ])?-p[ ]?|redis-cli[ ][^\n|;&]{0,120}?-a[ ]|ldap(?:search|modify|add|passwd)[ ][^\n|;&]{0,200}?-w[ ]|PGPASSWORD=|docker login[^\n|;&]{0,120}? -p[ ]"
        r"|openssl[ ][^\n|;&]{0,160}?pass:|net use [^\n|;&]{0,160}?/user:\S{1,64}[ ]|(?:unzip|zip|7z)[ ][^\n|;&]{0,120}?-P[ ]?)(?P<quote>[\"']?)(?P<value>[^\s\"'-][^\s\"']{1,128})"
    ),
    trigger=r"sshpass (?:-v )?-p|redis-cli [^\n|;&]{0,120}-a |ldap(?:search|modify|add|passwd) [^\n|;&]{0,200}-w |PGPASSWORD=|docker login[^\n|;&]{0,120} -p |openssl [^\n|;&]{0,160}pass:|net use [^\n|;&]{0,160}/user:|(?:zip|7z) [^\n|;&]{0,120}-P",
    source="sshpass(1) -p, redis-cli -a, ldapsearch(1) -w, docker login -p, openssl pass:, zip(1) -P",
    examples=(
        "sshpass -p «S3cr3tPw» ssh h",
        "redis-cli -h c -a «S3cr3tPw» ping",
        "openssl rsa -passin pass:«hunter2»",
    ),
    counter_examples=("sshpass -f file ssh h", "redis-cli ping", "ldapsearch -x -W"),
    boundary="sshpass -p «ab»",
    score=0.9,
)

SECRETS: tuple[Detector, ...] = (
    TENCENT_ID,
    AWS_ID,
    JWT,
    PRIVATE_KEY,
    SERVICE_TOKEN,
    BEARER,
    AUTHORIZATION,
    USERINFO,
    COOKIE,
    QUOTED_PASSWORD,
    OPTION,
    SHORT_OPTION,
    MYSQL_OPTION,
    TOOL_OPTION,
)
