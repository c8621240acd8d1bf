"""Names that stand beside another name of the same account: its number, its handle, what it did in Chinese."""

from transforms.detect.catalog.people import HAN, NAME_EN, is_name
from transforms.detect.detector import Detector
from transforms.detect.words import is_ordinary

_LOGIN = r"[A-Za-z_][\w.-]{1,38}[\w$]"
_HANDLED = r" \(@[A-Za-z_][0-9A-Za-z_.-]{1,38}[$]?\)"
_OF_HANDLES = "GitLab, Gitea, Mattermost: a display name and, in brackets, the handle"
_DOES_ZH = "手动|自动|触发|提交|创建|执行|操作|发起|启动|停止|取消|审批|审核|驳回|删除|修改|更新|上传|下载|导出|导入|登录|授权|批准|签收|签发|确认|撤回|重启"

NUMBERED = Detector(
    name="account_behind_uid",
    kind="USERNAME",
    pattern=rf"(?i:(?<![A-Za-z0-9])(?:uid|euid|auid|loginuid|user id)(?:[ ]|[:=][ ]?)\d{{1,10}}[ ]?[\[(](?P<value>{_LOGIN})[\])])",
    trigger=r"(?i)(?:uid|user id)(?: |[:=] ?)[0-9]{1,10} ?[\[(][a-z_]",
    source="id(1) and programs that print an account as its number and, in brackets, its name",
    examples=("uid 2041 («tomek») over quota", "loginuid: 1007 («m.wrona»)", "user id 2041 [«mei-ling»]"),
    counter_examples=("uid 2041 (unknown)", "uid 0 (root)x", "uid 12 pid 7"),
    boundary="uid 7 («jk7»)",
    score=0.8,
    begins="uUeEaAlL",
    check=lambda match: not is_ordinary(match["value"]),
)

HANDLE = Detector(
    name="handle_in_brackets",
    kind="USERNAME",
    pattern=rf"(?<=[\w'’{HAN}] \(@)(?P<value>{_LOGIN})(?=\))",
    trigger=_HANDLED,
    source=_OF_HANDLES,
    examples=("Anna Smith (@«a.smith») pushed", "by Wei (@«wei42»)", "mentioned by 李娜 (@«li.na»)"),
    counter_examples=("decorator (@cached_property.setter())", "(@tomek)", "see (@ 12)"),
    boundary="Li (@«li7»)",
    score=0.8,
)

WITH_HANDLE = Detector(
    name="person_with_handle",
    kind="PERSON",
    pattern=rf"(?P<value>{NAME_EN})(?= \(@{_LOGIN}\))",
    trigger=_HANDLED,
    source=_OF_HANDLES,
    examples=(
        "«Anna Smith» (@a.smith) pushed",
        "merged by «Katja van Meyer» (@kvm)",
        "assigned to «Bo Li» (@boli).",
    ),
    counter_examples=("Access Denied (@gate)", "Anna Smith (admin)", "in Smith (@anna)"),
    boundary="«Li Na» (@lina)",
    score=0.8,
    check=lambda match: is_name(match["value"]),
)

DONE_BY_LOGIN_ZH = Detector(
    name="account_done_by_zh",
    kind="USERNAME",
    pattern=rf"由[ ]?(?:用户[ ]?)?(?P<value>{_LOGIN})(?=[ ]?(?:{_DOES_ZH}))",
    trigger=r"由 ?(?:用户 ?)?[A-Za-z_][0-9A-Za-z_.-]{1,38}[$]? ?[\xe4-\xe9]",
    source="Chinese passives: 由, the account that did it, and the verb",
    examples=("任务由 «hanmm» 手动触发", "配置由用户«wei.li»修改", "由«tomek_w»提交"),
    counter_examples=("由 scheduler 触发", "由 nginx 启动", "由系统提交"),
    boundary="由«jk7»提交",
    score=0.75,
    begins="由",
    check=lambda match: not is_ordinary(match["value"]),
)

HANDLES: tuple[Detector, ...] = (NUMBERED, HANDLE, WITH_HANDLE, DONE_BY_LOGIN_ZH)
