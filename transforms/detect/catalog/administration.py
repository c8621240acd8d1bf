"""Account names where accounts are made, given rights, or listed with their jobs."""

import re

from transforms.detect.detector import Detector
from transforms.detect.words import is_ordinary

QUOTED = Detector(
    name="account_quoted",
    kind="USERNAME",
    pattern=(
        r"(?<![\w./-])(?:(?:user|account|login)[ _-]?name|user|account|login|logon|role|principal|identity|owner|submitter|requester|initiator|experimenter)(?: is)?[ ]?[:=]?[ ]?"
        r"(?P<quote>[\"'`])(?P<value>(?:[^\"'`<>\r\n]|(?<=[A-Za-z])'(?=[A-Z][a-z])){1,64})(?P=quote)(?![:=]|\.[\w\"])"
    ),
    trigger=r"(?i)(?:name|user|account|login|logon|role|principal|identity|owner|submitter|requester|initiator|experimenter)(?: is)? ?[:=]? ?[\"'`][^\"`<>\r\n]{1,64}[\"'`]",
    source="Messages that quote whom they name: what stands between the quotes is the name, whatever its signs",
    examples=(
        'authentication for user "«!root»" without',
        "login failure for user '«user with space»' from",
        "unknown account `«tomek»`",
    ),
    counter_examples=(
        "user '' x",
        "SELECT 'user' = 'x', \"user\".id",
        "username: 'null'",
        '{"User":null,"Host":"x"}',
    ),
    boundary="user '«a»'",
    score=0.75,
    ignore_case=True,
    check=lambda match: (
        any(map(str.isalnum, match.group("value")))
        and not match.group("value").startswith(("$", "{", "%", ":", ","))
        and match.group("value").lower() not in ("null", "none", "unknown", "s", "t", "n/a", "undefined")
        and match.group("value").count(" ") < 3
        and not set("=;{}").intersection(match.group("value"))
    ),
)

SQL = Detector(
    name="account_in_sql",
    kind="USERNAME",
    pattern=(
        r"\b(?:(?:CREATE|ALTER|DROP)(?: OR REPLACE)? (?:USER|LOGIN|ROLE)(?: IF (?:NOT )?EXISTS)? |SET (?:SESSION AUTHORIZATION|ROLE) |OWNER TO |DEFINER[ ]?=[ ]?|"
        r"(?:GRANT|REVOKE) [^\n;]{1,200}? (?:TO|FROM)(?: USER| ROLE)? )(?P<quote>[\"'`]?)(?P<value>(?!(?:IF|NONE|DEFAULT|PUBLIC|CURRENT_USER|SESSION_USER|USER|ROLE|WITH|MAPPING)\b)[A-Za-z_][\w.$@-]{0,62})(?![\w(.])"
    ),
    trigger=r"(?i)(?:create|alter|drop)(?: or replace)? (?:user|login|role) |set (?:session authorization|role) |owner to |definer ?=|(?:grant|revoke) [^\n;]{1,200} (?:to|from) ",
    source="SQL: CREATE, ALTER, DROP USER, GRANT and REVOKE of PostgreSQL, MySQL, SQL Server, Snowflake",
    examples=(
        "ALTER USER «CLARK_KENT» SET DISABLED=TRUE",
        "GRANT SELECT ON t TO «tomek»;",
        'CREATE ROLE "«etl_rw»" LOGIN',
    ),
    counter_examples=("CREATE USER IF NOT EXISTS", "DROP TABLE role x", "GRANT x TO PUBLIC"),
    boundary="drop user «a»",
    score=0.85,
    ignore_case=True,
)

SHADOW = Detector(
    name="account_tools",
    kind="USERNAME",
    pattern=(
        r"\b(?:new (?:user|group): name=|(?:delete|remove|deleted|removed|change|changed|add|added|lock|unlock|locked|unlocked|expire|expired)d? (?:(?:shadow )?(?:user|group|account|member)(?: name)?|password (?:of|for)|home)? ?'|password changed for )"
        r"(?P<value>[A-Za-z_][\w.@-]{0,62}\$?)(?=[',]|\s|\Z)"
    ),
    trigger=r"new (?:user|group): name=|(?:delete|deleted|remove|removed|change|changed|add|added|lock|locked|unlock|unlocked|expire|expired)(?:d)? [a-z ]{0,24}'|password changed for ",
    source="shadow useradd.c, groupadd.c, usermod.c, userdel.c, gpasswd.c; Linux-PAM pam_unix_passwd.c",
    examples=(
        "new group: name=«user03», GID=48",
        "usermod[42]: add '«anna»' to group 'sudo'",
        "delete user '«tomek»'",
    ),
    counter_examples=("new user: nothing", "added x", "password change on time"),
    boundary="new user: name=«a»,",
    score=0.85,
)

QUEUE = Detector(
    name="account_in_queue",
    kind="USERNAME",
    pattern=(
        r"(?:(?<![^\n])|(?<=[\n>]))[ \t]{0,12}\d{2,10}(?:[.\[_][\w.\]\[%-]{1,40})?[ \t]{1,12}(?:[\w.:/+-]{1,40}[ \t]{1,16}){0,3}?(?P<value>[A-Za-z_][\w.-]{1,31})[ \t]{1,16}"
        r"(?:(?:\d+-)?\d{1,5}:\d\d(?::\d\d)?[ \t]{1,12})?(?:R|PD|CG|CD|CA|F|TO|NF|Q|H|E|S|T|W|r|t|qw|hqw|Eqw|dr|RUN|PEND|DONE|EXIT|PSUSP|USUSP|SSUSP|RUNNING|PENDING|COMPLETED|COMPLETING|FAILED|CANCELLED|TIMEOUT|I|X|C)[ \t]"
    ),
    trigger=r"[\n>][ \t]{0,12}[0-9]{2,10}(?:[.\[_][^ \t\n]{1,40})?[ \t]{1,12}[0-9A-Za-z_.:/+-]",
    source="squeue(1), bjobs(1), qstat of PBS and SGE, condor_q(1): job, user, perhaps the time used, state",
    examples=(
        "542935  «efranz»  RUN   short      host1",
        "  4711 main wrap «tomek» R 1:02 1 node7",
        "88.pbs1 STDIN «anna.w» 00:01:02 R batch",
        "4712 ./nightly.sh «tomek» R 1:02 1 node7",
    ),
    counter_examples=("12 errors found Rx ", "542935 RUN short", "2027-01-02 12:00:01 tomek R "),
    boundary="11 «ab» R ",
    score=0.8,
    begins=r" \t0-9",
)


def _is_entry_of_person(value: str) -> bool:
    """Refuse containers, services and hosts: ordinary words, and names of domains."""
    words = re.findall(r"[^\W\d_]+", value)
    return "*" not in value and value.count(".") < 2 and bool(words) and not all(map(is_ordinary, words))


DIRECTORY = Detector(
    name="directory_name",
    kind="USERNAME",
    pattern=r"(?<![\w-])(?:uid|cn|samaccountname|userprincipalname|krbprincipalname|mail)=(?P<value>[^,=+\"'<>;\r\n]{1,64})(?=,[ ]?(?:ou|cn|dc|o|c|l|st|uid)=)",
    trigger=r"(?i)(?:uid|cn|name|mail)=[^,=+\"'<>;\r\n]{1,64}, ?(?:ou|cn|dc|o|c|l|st|uid)=",
    source="RFC 4514, 2: distinguished names; RFC 4519: uid and cn name the person",
    examples=(
        'bind dn="uid=«tomek»,ou=people,dc=x"',
        "cn=«Anna Smith»,ou=Staff,o=acme",
        "CN=«jana.k»,CN=Users,DC=corp",
    ),
    counter_examples=("ou=people,dc=x", "uid=1000 gid=1", "cn=x"),
    boundary="uid=«jk»,dc=b",
    score=0.85,
    ignore_case=True,
    check=lambda match: _is_entry_of_person(match.group("value")),
)

PIPED = Detector(
    name="account_in_table",
    kind="USERNAME",
    pattern=r"\|(?:RUNNING|PENDING|COMPLETED|COMPLETING|FAILED|CANCELLED|TIMEOUT|OUT_OF_MEMORY|NODE_FAIL|PREEMPTED|SUSPENDED)(?: by \d{1,10})?\|(?P<value>[A-Za-z_][\w.-]{1,31})(?=\|)",
    trigger=r"\|(?:RUNNING|PENDING|COMPLETED|COMPLETING|FAILED|CANCELLED|TIMEOUT|OUT_OF_MEMORY|NODE_FAIL|PREEMPTED|SUSPENDED)(?: by [0-9]{1,10})?\|[A-Za-z_]",
    source="squeue(1) and sacct(1) --parsable: the user stands behind the state",
    examples=("|R|RUNNING|«tomek7»|49174|", "|TO|TIMEOUT|«anna.w»|1|", "x|PENDING|«li»|"),
    counter_examples=("|RUNNING|12|", "RUNNING|x|", "|COMPLETED||"),
    boundary="|FAILED|«ab»|",
    score=0.8,
)

ADMINISTRATION: tuple[Detector, ...] = (QUOTED, SQL, SHADOW, QUEUE, PIPED, DIRECTORY)
