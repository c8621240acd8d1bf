"""The ways in which most programs name an account: where a word stands that may be one."""

import re
from typing import NamedTuple

from transforms.detect.neighbours import LETTERS

_EDGE = rf"A-Za-z0-9_{LETTERS}"
_REST = rf"(?:[{_EDGE}.+-]{{0,62}}[{_EDGE}$])?(?:@[A-Za-z0-9_.-]{{0,62}}[A-Za-z0-9])?"
WORD = rf"[{_EDGE}]{_REST}"
NAME = rf"[A-Za-z{LETTERS}]{_REST}"
_VALUE = rf"(?:[A-Za-z0-9.-]{{1,24}}(?:\\){{1,2}})?(?P<value>{NAME})(?![{_EDGE}]|\]\\)"
_SIGN_BYTE = r"[0-9A-Za-z_\x80-\xff]"
_LETTER = r"[A-Za-z\x80-\xff]"
_MORE = r"[0-9A-Za-z_.@+$\x80-\xff-]{0,126}"

_TIME = r"\d{1,4}(?::\d{1,9}){1,3}(?![0-9A-Fa-f:])"
ADDRESS = (
    rf"(?:\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}|(?!{_TIME})[0-9A-Fa-f]{{1,4}}:[0-9A-Fa-f:]{{2,39}})"
)
_ADDRESS_BEGINS = r"(?:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2})"

SIGNS = (
    "passw passphrase login logon logout logged log_in sign-in signin sign_in signed auth credential session account user acl sudo pam_"
    " behalf impersonat member privilege permission denied invite"
).split()
"""Parts of words that mark a line as one that tells of somebody's access; a blank may stand for the underscore."""

_SIGN = "(?:" + "|".join(SIGNS).replace("_", "[_ ]") + r"| su[ :\[])"
_REACH = 60

_VERB = (
    r"(?:has |have |was |is )?(?:been )?(?:successfully )?(?:logged|logging|login|logout|logs|signed|authenticated|authorized|authorised|joined|left|submitted|launched|cancelled|canceled"
    r"|requested|approved|rejected|uploaded|downloaded|ran|executed|executing|invited|revoked|granted|denied|locked|unlocked|tried|attempted|entered|switched|renamed|posted|viewed|accessed|gives"
    r"|exported|exports|imported|shared|commented|assigned|claimed|reviewed|published|edited|pushed|merged|enrolled|banned|kicked|triggered|cancels|approves|uploads|downloads)"
)

_CUE = (
    r"user(?:[ _-]?name|[ _-]?id|[ ]account)?|usr|uname|account(?:[ _-]?name)?|acct|login(?:[ _-]?name)?|logon|principal|owner|author|operator|administrator|admin"
    r"|mailbox|recipient|sender|caller|requester|requestor|submitter|initiator|member|nick|alias|employee|student|maintainer|assignee|sudoer"
    r"|apiuser|dbuser|subuser|experimenter|practitioner|clinician|technician|curator|moderator|inviter|invitee|reviewer|approver|uploader|creator|committer|reporter|researcher|investigator"
)
_PREPOSITION = (
    r"for|by|as|from|of|to|with|named|called|su|on behalf of|impersonating|add|remove|deleting|adding|delete"
)
_HANDED = (
    r"shared with|(?:re)?assigned to|granted to|belong(?:s|ing)? to|transferred to|delegated to|escalated to|mailed to|mapped to"
    r"|(?:quota|limits?) (?:exceeded|reached) (?:for|by)|process(?:es)? of|jobs? (?:of|for|from)|files? of|quota (?:of|for)|limit (?:of|for)"
)
"""What only an account gets or has: no other sign is needed in the line."""

_CRON = "(?:CMD|RELOAD|BEGIN|REPLACE|LIST|END)"


class Form(NamedTuple):
    """A way to name an account: `pattern` has the groups value, cue, sep and quote; `trigger` is for the scan.

    With a `reach` it counts only if one of `SIGNS` stands so near before or behind it in its line, or if it is `free`.
    """

    name: str
    pattern: re.Pattern[str]
    trigger: str
    examples: tuple[str, ...]
    reach: int
    free: re.Pattern[str]


def _form(
    name: str,
    pattern: str,
    trigger: str,
    *examples: str,
    any_case: bool = False,
    reach: int = 0,
    free: str = "(?!)",
) -> Form:
    compiled = re.compile(pattern, re.ASCII | (re.IGNORECASE if any_case else 0))
    return Form(name, compiled, trigger, examples, reach, re.compile(free, re.ASCII))


def _near_sign(trigger: str) -> str:
    """Return a trigger that asks for a sign in the same line, not far before or behind."""
    return rf"(?i){_SIGN}[^\n]{{0,{_REACH}}}(?:{trigger})|(?:{trigger})[^\n]{{0,{_REACH}}}{_SIGN}"


FORMS: tuple[Form, ...] = (
    _form(
        "cue",
        rf"(?=[UALPOMRSCNEIDT])(?<![A-Za-z0-9._])(?P<cue>{_CUE})(?P<sep>[ \t]{{1,2}}|[ ]?[\[(<])(?P<quote>[\"'`‘“\[(<]?)(?:(?:id|name|user|account)[=: ])?{_VALUE}",
        rf"(?i)(?:{_CUE})(?:[ \t]{{1,2}}| ?[\[(<])(?:[\"'`\[(<]|‘|“)?{_SIGN_BYTE}",
        "Administrator «gfedhf» login failed from https(4.3.5.x)",
        "login failure for user «wronat17» via ssh",
        "account [«tomek.w»] is locked",
        any_case=True,
    ),
    _form(
        "preposition",
        rf"(?<![A-Za-z0-9._/-])(?P<cue>{_HANDED}|{_PREPOSITION})(?P<sep>[ ]{{1,2}})(?:the )?(?:user |account )?(?P<quote>[\"'`‘“\[(<]?){_VALUE}",
        rf"(?i){_SIGN}[^\n]*[^0-9A-Za-z](?:{_PREPOSITION}) |[^0-9A-Za-z](?:{_PREPOSITION}) [^\n]*{_SIGN}|[^0-9A-Za-z]by |behalf of |impersonating |(?:{_HANDED}) ",
        "[warn] Bad password for «tomek» (192.0.2.x)",
        "job resubmitted on behalf of «wronat17»",
        "Session opened for «drupaladmin».",
        "dataset 7 shared with «wronat17» until Friday",
        "3 leftover processes of «mei-ling» killed",
        "quota exceeded for «wronat17» on /lustre/scratch",
        reach=160,
        free=rf"(?:by|on behalf of|impersonating|{_HANDED}) ",
    ),
    _form(
        "quoted",
        rf"(?:(?P<cue>[A-Za-z]{{2,20}}+)(?P<sep>:?[ ])|(?<![A-Za-z0-9_=:\"'\\])[(\[]?)(?P<quote>[\"'`‘“])(?P<value>{WORD})(?=[\"'`’”](?!\.[\w\"]|[ ]?[:=]|[\"'\w]))",
        _near_sign(rf"(?:[\"'`]|‘|“){_SIGN_BYTE}{_MORE}(?:[\"'`]|’|”)"),
        "XAuth pam_authenticate for '«wronat»' failed",
        "Web GUI authentication error for '«tomek»' from x",
        "no such user ('«anna»')",
        reach=_REACH,
    ),
    _form(
        "bracketed",
        rf"(?P<quote>[\[(<{{])(?<!=.)(?P<value>{NAME})(?=[\])>}},])(?P<cue>)(?P<sep>)",
        _near_sign(rf"[(<{{\[]{_LETTER}{_MORE}[\])>}},]") + rf"|\({_LETTER}{_MORE}\) {_CRON}",
        "CRON[5120]: («tomek») CMD (/opt/etl/nightly.sh)",
        "vsftpd: [pid 4411] [«tomek»] OK LOGIN: Client x",
        "dovecot: auth-worker(771): sql(«tomek»,192.0.2.7): Password mismatch",
        reach=_REACH,
        free=rf"\([\w.@+-]{{2,41}}\) {_CRON}",
    ),
    _form(
        "address",
        rf"(?<![A-Za-z0-9._/=-])(?P<value>{NAME})(?P<sep>[ ]?[,(/|@][ ]?|:|[ ]-[ ])(?:\[|\()?(?={ADDRESS})(?P<cue>)(?P<quote>)",
        _near_sign(rf"{_LETTER}{_MORE}(?: ?[,(/|@] ?|:| - )(?:\[|\()?{_ADDRESS_BEGINS}"),
        "login of «tomek»@198.51.100.23 failed",
        "sql(«tomek»,192.0.2.7): Password mismatch",
        "mapped user «wronat17» - 192.0.2.44",
        reach=_REACH,
    ),
    _form(
        "behind_address",
        rf"(?=[0-9a-fA-F]){ADDRESS}(?::\d{{1,5}})?(?P<sep>[\])][ ]?|[ ]?[,/|(][ ]?|[ ]-[ ]|\t)(?P<quote>[\"'\[(<]?)(?P<value>{NAME})(?![{_EDGE}=/])(?P<cue>)",
        _near_sign(
            rf"(?:[0-9]\.[0-9]{{1,3}}|:[0-9A-Fa-f:]{{1,4}})(?::[0-9]{{1,5}})?(?:[\])] ?| ?[,/|(] ?| - |\t)[\"'\[(<]?{_LETTER}"
        ),
        "(178.123.108.9) «gsdfg» - login error - no such user",
        "198.51.100.7 - «wronat17» - FAILED LOGIN",
        "[203.0.113.9] [«tomek»] signed in",
        reach=_REACH,
    ),
    _form(
        "subject",
        rf"(?:(?P<cue>[A-Za-z0-9][\w.-]{{0,30}}+)(?:\[\d{{1,10}}\])?:(?=[ ])|\](?=[ ])|[|,;](?=[ ])|(?<![^\n]))(?P<sep>[ ]{{0,4}})(?P<quote>[\"'(\[]?)(?P<value>{WORD})(?=[\"')\]]?:?[ ]{{1,2}}(?i:{_VERB})\b)",
        rf"(?i)(?:[:\]|,;]|\n) {{0,4}}[\"'(\[]?{_SIGN_BYTE}{_MORE}[\"')\]]?:? {{1,2}}{_VERB}",
        "doas: «ddp» ran command /bin/ksh as root",
        "pkexec[387]: «tomek»: Executing command",
        "--- x] «joachimw» joined",
        "handler.go:31: «abdul_r» uploaded batch7.vcf.gz",
    ),
    _form(
        "list",
        rf"(?P<cue>[Uu]sers?|acls?|ACLs?|[Oo]wners?|[Mm]embers?|[Aa]dmins?|administrators|people|accounts|viewers|editors)(?P<sep>[A-Za-z ]{{0,16}}[:=][ ]?)(?P<quote>[\[({{]?)"
        rf"(?:{WORD}(?:, ?)){{1,16}}?(?P<value>{WORD})(?=[\])}},;. ]|\Z)",
        rf"(?i)(?:user|users|acl|acls|owner|owners|member|members|admin|admins|administrators|people|accounts|viewers|editors)[A-Za-z ]{{0,16}}[:=] ?[\[({{]?{_SIGN_BYTE}{_MORE}, ?{_SIGN_BYTE}",
        "Changing modify acls to: yarn,«tomek»",
        "members: root,«wronat17»",
        "admins=[root, «tomek»]",
    ),
    _form(
        "at",
        r"(?<![A-Za-z0-9._/@%+-])(?P<value>[A-Za-z_][\w.+-]{1,40})(?=@[A-Za-z][\w-]{0,40}(?![\w.@/-]))(?P<cue>)(?P<sep>)(?P<quote>)",
        r"[0-9A-Za-z_.+-]@[A-Za-z][0-9A-Za-z_-]{0,40}[^0-9A-Za-z_.@/-]",
        "UTC:192.0.2.44(40112):«tomek»@billing:[912]:LOG:  statement: SELECT 1",
        "(«wronat17»@cluster) job submitted",
        "«tomek»@mydb FATAL: x",
    ),
    _form(
        "domain",
        r"(?<![A-Za-z0-9_\\/:.-])(?P<cue>[A-Za-z][A-Za-z0-9.-]{0,30})(?P<sep>\\{1,2})(?P<quote>)(?P<value>[A-Za-z](?:[\w.-]{0,40}[\w$]))(?![\w\\/$])",
        r"[0-9A-Za-z.-]\\{1,2}[A-Za-z][0-9A-Za-z_.-]",
        r"Authentication failed for user mydomain\«jones_b».",
        r"dummyUser(EXAMPLE.LOCAL\«tomek»):Shared",
        r"login as EXAMPLE\\«annaw»",
        r"access granted: CLINIC\«lumba-adm» on gate 12",
    ),
    _form(
        "domain_in_brackets",
        rf"\[(?P<cue>[^\[\]\s]{{1,40}})\](?P<sep>\\{{1,2}})(?P<quote>\[)(?P<value>{WORD})(?=\])",
        r"\]\\{1,2}\[[0-9A-Za-z_\x80-\xff]",
        r"user [CLINIC]\[«tomek»] at [Mon]",
        r"workgroup [EXAMPLE]\[«anna.w»]",
        r"[A]\[«boleslaw»]",
    ),
)
