"""Account names in paths: homes, scratch spaces, mail spools, and the addresses of web applications."""

import re

from transforms.detect.detector import Detector
from transforms.detect.neighbours import LETTERS, SYLLABLES
from transforms.detect.words import is_ordinary

_PERSON = rf"[A-Za-z_{LETTERS}][\w.@+{LETTERS}-]{{1,63}}"
_REFERENCE = re.compile(
    r"(?i)(?:hg|mm|rn|grch|grcm|dm|ce|sac|tair|t2t|chm|b|v|r|e|release|build|ens(?:embl)?)[-_.]?\d[\w.-]*\Z|[0-9a-f]{2,}\Z"
)
_RANDOM = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9]{8,}\Z")
_VOLUME = re.compile(
    r"(?i)(?:fs|vol|volume|lfs|ost|mdt|disk|pool|stor|nas|raid|ssd|nvme|tier|mnt|proj|prj|grp|dept|lab)[-_]?\d{0,4}\Z"
)
_NOT_FIRST = re.compile(r"(?i)(?:list|api|v\d|me|new|self|all|index|login|logout|search)\b")


def _is_persons(match: re.Match[str]) -> bool:
    """Refuse what is named for its use: ordinary words, references, files, hashes."""
    value = match.group("value")
    if (
        _REFERENCE.match(value)
        or _VOLUME.match(value)
        or _NOT_FIRST.match(value)
        or re.search(r"\.\w{1,5}\Z", value)
    ):
        return re.fullmatch(r"[a-z]{1,}\.[a-z]{2,}", value) is not None and not is_ordinary(
            value.rpartition(".")[2]
        )
    if _RANDOM.match(value):
        return False
    return not all(map(is_ordinary, filter(None, re.split(r"[\d._+-]+", value)))) and len(value) > 2


HOME = Detector(
    name="home_directory",
    kind="USERNAME",
    pattern=(
        r"(?:(?<![\w./-])|(?<=file://)|(?<=:///))(?<!<USERNAME>)(?:/[\w.-]{1,64}){0,6}?/(?:home|homes|Users)\d?/(?:(?:[a-z]|[a-z]{2,10}-\d{2})/(?!home/)(?=[\w.-]+/|[\w.-]{3}))?"
        rf"(?P<value>(?!(?:Shared|Public|linuxbrew)\b|(?:[a-z]|[a-z]{{2,10}}-\d{{2}})/(?:<[A-Z]|usr_\d))[\w{LETTERS}][\w.@+{LETTERS}-]{{0,63}}|[{SYLLABLES}][\w.@+{LETTERS}{SYLLABLES}-]{{0,63}})(?![\w.@+-])"
    ),
    trigger=r"/(?:home|homes|Users)[0-9]?/[0-9A-Za-z_\x80-\xff]",
    source="Filesystem Hierarchy Standard 3.0, 3.8; macOS File System Programming Guide",
    examples=(
        "cd /home/«anna»/work",
        "open('/Users/«li.na»/x')",
        "PWD=/data/home/«bob» ;",
        "vega:/home/«dobin»/x file:///Users/«zoë»/y",
        "/u/home/s/«shuoli»/x",
        "ls /home/«김민수»/x /Users/«大翔»",
    ),
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
    trigger=r"(?i)[\\/](?:users|documents and settings)[\\/]",
    source="Microsoft: known folder FOLDERID_UserProfiles",
    examples=(r"C:\Users\«anna»\AppData", r"open C:/Users/«Li Na»/x.txt", r"D:\Documents and Settings\«bob»"),
    counter_examples=(r"C:\Users\Public\x", r"\\srv\users", r"C:\Users" + "\\"),
    boundary=r"c:\users\«x»",
    score=0.85,
)

SHARED_STORAGE = Detector(
    name="path_of_person",
    kind="USERNAME",
    pattern=(
        r"/(?<!<USERNAME>/)(?:scratch\d{0,3}|[a-z]{1,8}scratch|lustre\d?|gpfs\d?|beegfs|nobackup|private|users?|people|staff|students|members|(?<![\w./-]/)work\d?)"
        rf"/(?:(?:users?|people|private|home|[A-Z]{{2,5}}\d{{3,6}})/)?(?:[a-z0-9]/|\d{{3,8}}/)?(?P<value>{_PERSON})(?=[/\"':,;)\s]|\Z)"
    ),
    trigger=r"/(?:scratch[0-9]{0,3}|[a-z]{1,8}scratch|lustre[0-9]?|gpfs[0-9]?|beegfs|nobackup|private|users?|people|staff|students|members|work[0-9]?)/[0-9A-Za-z_\x80-\xff]",
    source="Storage of computing centres: $SCRATCH and project folders of NERSC, TACC, CINECA, UPPMAX, NIH guides",
    examples=(
        "Work-dir: /scratch/«tomek7»/rnaseq/work [lustre]",
        "open('/gpfs/users/«tomek»/ref/index.bwt') failed",
        "--input /pica/v12/b2013064_nobackup/private/«rickard»/x, /scratch/01234/«tomek»/y",
        "out=/work2/08211/«vrao7»/frontera/x.bam",
    ),
    counter_examples=(
        "/scratch/reference/hg38.fa",
        "/scratch/tmp/x /scratch/Genomes/x",
        "GET /users/login /users/123",
    ),
    boundary="/scratch/«tomek7»",
    score=0.8,
    check=_is_persons,
)

SPOOL = Detector(
    name="path_of_spool",
    kind="USERNAME",
    pattern=(
        r"(?:/var/(?:spool/)?(?:mail|cron(?:/crontabs|/tabs)?)|/run/media|/media|/etc/sudoers\.d|/var/lib/AccountsService/users|/var/lib/sudo/(?:ts|lectured))"
        rf"/(?P<value>{_PERSON})(?=[/\"':,;)\s]|\Z)"
    ),
    trigger=r"/(?:mail|cron|crontabs|tabs|media|sudoers\.d|users|ts|lectured)/[0-9A-Za-z_\x80-\xff]",
    source="Filesystem Hierarchy Standard 3.0, 5.11 and 5.14; crontab(1); udisks(8); sudoers(5)",
    examples=("/var/spool/cron/«tomek» opened", "mount /media/«tomek»/USB", "/var/mail/«annaw»: lock"),
    counter_examples=("/media/cdrom/x", "/var/mail/ x", "/var/spool/mqueue/x"),
    boundary="/var/mail/«tomek»",
    score=0.8,
    check=_is_persons,
)

WEB = Detector(
    name="path_of_application",
    kind="USERNAME",
    pattern=(
        r"(?:(?:/dav/(?:files|calendars|addressbooks/users|principals/users|trashbin|uploads|versions)|/(?:calendars|addressbooks|principals)(?:/users)?|/avatars?|/profiles?)(?=/)|/~(?=[a-z]))"
        rf"/?(?P<value>{_PERSON})(?=[/?\"'\s]|\Z)"
    ),
    trigger=r"/(?:dav|calendars|addressbooks|principals|avatars?|profiles?)/[A-Za-z_\x80-\xff]|/~[a-z]",
    source="Nextcloud and ownCloud developer manuals, WebDAV; RFC 3744, 2 (principals); Apache mod_userdir",
    examples=(
        "PROPFIND /remote.php/dav/files/«tomek»/Reports/ HTTP/1.1",
        "GET /index.php/avatar/«tomek»/64",
        "GET /~«wronat17»/index.html",
    ),
    counter_examples=("GET /avatar/default/64", "GET /dav/ HTTP", "/profile/settings"),
    boundary="/dav/files/«tomek»",
    score=0.75,
    check=_is_persons,
)

PATHS: tuple[Detector, ...] = (HOME, WINDOWS_HOME, SHARED_STORAGE, SPOOL, WEB)
