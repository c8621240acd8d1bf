"""Keys whose value is personal whatever it looks like, and how a key of a log is matched with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from schemas.policy.field_names import singulars
from transforms.detect.words import ORDINARY
from transforms.pseudonyms import PSEUDONYM

PASSWORD, SECRET, TOKEN, SESSION, NAMED, SUSPECT, NUMBERED, PERSON, DIGITS, TEXT = (
    "password",
    "secret",
    "token",
    "session",
    "named",
    "suspect",
    "numbered",
    "person",
    "digits",
    "text",
)
"""Shapes that a value must have to be taken; see `transforms.detect.keyed`."""

KEYS: Mapping[tuple[str, str], str] = {
    # (kind, shape): keys, words of one key joined by hyphens
    ("USERNAME", NAMED): (
        "user username user-name user-account login login-name login-id login-user logname ruser luser suser duser acct ugi"
        " account-name sub-account-name nick nickname nick-name operator operator-name created-by updated-by modified-by deleted-by"
        " create-by update-by run-as run-as-user proxy-user real-user effective-user remote-user auth-user subject-user-name"
        " target-user-name sam-account-name preferred-username screen-name impersonated-user set-id creator submitter owner-name"
        " usr usr-name uname acct-name auid euid suid fsuid ouid actor src-user dst-user source-user-name destination-user-name db-user os-user unix-user"
        " ssh-user client-user mail-user sasl-username sasl-user authentication-id authid authzid auth-name user-login loginname logon-name"
        " logon-account logon-user user-principal-name principal-name actor-name actor-login job-owner job-user requesting-user session-user"
        " started-by submitted-by triggered-by requested-by invited-by cancelled-by canceled-by approved-by assigned-to"
        " uploaded-by downloaded-by executed-by owned-by locked-by killed-by removed-by added-by changed-by edited-by reviewed-by closed-by opened-by"
        " resolved-by performed-by verified-by reported-by run-by launched-by stopped-by"
        " ctladdr identity-name xauth-user eap-identity user-id-name win-user network-user admin-name administrator-name on-behalf-of initiated-by"
        " 用户名 用户名称 账号 账号名 账户 账户名 登录名 登录用户 登录账号 操作人 操作员 创建人 创建者 更新者 昵称 用户账号"
    ),
    ("USERNAME", SUSPECT): (
        "shared-by shared-with owner author committer inviter uploader reporter requester principal caller subject assignee who member identity"
        " initiator invoker impersonator from-user to-user"
        " member-name mail-owner usr-id requester-name participant attendee invitee reviewer approver collaborator contributor maintainer"
        " moderator sudoer 责任人 处理人"
    ),
    ("UIN", NUMBERED): (
        "uin owner-uin sub-uin sub-account-uin login-uin user-uin account-id account-no account-number customer-id user-id member-id"
        " open-id union-id principal-id 账号ID 用户ID 主账号 子账号 客户号 会员号"
    ),
    ("PERSON", PERSON): (
        "full-name real-name true-name first-name last-name given-name family-name proper-name surname middle-name display-name patient-name"
        " subject-name contact-name contact-person customer-name cardholder cardholder-name account-holder recipient-name"
        " receiver-name sender-name payer payee doctor physician doctor-name physician-name operator-real-name employee-name"
        " person-name mother-name father-name spouse-name guardian-name emergency-contact submitter requester requestor"
        " 姓名 名字 联系人 患者姓名 受检者 受检人 就诊人 送检人 送检医生 医生 医师 收件人 收货人 寄件人 申请人 负责人 持卡人 家属 监护人 真实姓名"
    ),
    ("SECRET", PASSWORD): (
        "password passwd pwd passphrase pass-phrase passcode pass pw passwort mot-de-passe otp verify-code verification-code sms-code"
        " captcha-code pin-code connection-string 密码 口令 验证码 支付密码 短信验证码"
    ),
    ("SECRET", SECRET): (
        "secret client-secret secret-key secret-access-key"
        " access-key access-key-secret api-key apikey app-key app-secret auth-key private-key encryption-key signing-key master-key token"
        " access-token refresh-token id-token auth-token session-token security-token csrf-token xsrf-token bearer-token api-token"
        " x-auth-token x-api-key sign signature q-signature credential credentials"
        " webhook-secret sas-token shared-access-signature"
        " 密钥 令牌"
    ),
    (
        "SECRET",
        TOKEN,
    ): (
        "auth authorization proxy-authorization sig csrf xsrf csrf-middleware-token session nonce pin api-secret key-secret hmac"
        " otp-code auth-code"
    ),
    ("SECRET_ID", SECRET): "secret-id access-key-id q-ak tmp-secret-id",
    ("SESSION_ID", SESSION): (
        "session-id sessionid jsessionid phpsessid asp-net-session-id connect-sid sid session-key ticket cookie set-cookie 会话ID"
    ),
    (
        "EMAIL",
        TEXT,
    ): "email e-mail mail email-address mail-address user-email 邮箱 电子邮箱 邮件地址 电子邮件",
    ("PHONE", DIGITS): (
        "phone phone-number phone-no mobile mobile-phone mobile-number mobile-no cellphone cell-phone tel telephone fax msisdn"
        " contact-number phonenumber 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 座机 传真"
    ),
    ("CN_ID_CARD", DIGITS): (
        "id-card idcard id-card-no id-card-number idcard-no identity-card identity-no identity-number id-no id-number citizen-id cert-no"
        " certificate-no national-id ssn social-security-number 身份证 身份证号 身份证号码 证件号 证件号码"
    ),
    ("PASSPORT", DIGITS): "passport passport-no passport-number 护照 护照号 护照号码",
    ("CREDIT_CARD", DIGITS): (
        "card-no card-number card-num bank-card bank-card-no credit-card debit-card pan bank-account bank-account-no iban cvv cvv2 cvc"
        " 银行卡 银行卡号 卡号 银行账号"
    ),
    ("LOCATION", TEXT): (
        "home-address street-address postal-address mailing-address residential-address shipping-address billing-address street"
        " 住址 家庭住址 家庭地址 收货地址 通讯地址 联系地址 现住址 户籍地址"
    ),
    ("BIRTH_DATE", DIGITS): "birthday birth-date date-of-birth dob birthdate 出生日期 生日 出生年月",
    ("SOCIAL_ID", TEXT): "wechat wechat-id weixin qq qq-number skype-id telegram-id 微信 微信号 QQ号",
    ("PATIENT_ID", DIGITS): (
        "patient-id patient-no patient-number patient-code mrn medical-record-no medical-record-number inpatient-no outpatient-no"
        " hospital-no visit-no admission-no subject-id participant-id donor-id insurance-no insurance-number"
        " 病历号 住院号 门诊号 病案号 患者编号 患者ID 就诊号 就诊卡号 医保号 医保卡号 社保号"
    ),
}
"""The keys that logveil knows by itself; a policy adds the aliases of its pseudonymised fields."""

_ONLY_PLURALS = (
    ("USERNAME", SUSPECT),
    "admin administrator guest recipient sender follower watcher subscriber",
)
"""Keys that are known as plurals alone: one of them stands before much else."""

_NO_SECRET = frozenset(
    "client request idempotency next page max continuation cancellation end start unexpected".split()
)
"""Words before `token` that make it a mark of paging, of a repeated request or of a parser."""

_SECRET_ENDS = (
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "pass",
    "pwd",
    "pw",
)
"""What the last word of a key for a secret may end in, as in `PGPASSWORD`, `DBPASS` and `rootpw`."""

_NO_SECRET_ENDS = tuple(_NO_SECRET)

_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+\d*|[A-Z]\d*|\d+|[\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGEST_KEY = 4
_ENDS_IN_PSEUDONYM = re.compile(rf"(?<![A-Za-z0-9]){PSEUDONYM.pattern}\Z")


def words_of(key: str) -> tuple[str, ...]:
    """Split a key into words, in lower case.

    Example:
        >>> words_of("userIdentity.userName"), words_of("TENCENTCLOUD_SECRET_ID"), words_of("X-Auth-Token")
        (('user', 'identity', 'user', 'name'), ('tencentcloud', 'secret', 'id'), ('x', 'auth', 'token'))
    """
    return tuple(word.lower() for word in _WORD.findall(key))


class Vocabulary:
    """Keys of personal values; a key of a log is one of them if its last words are.

    Words may be joined by case alone; a separator stands only between words of the vocabulary, or once at the end.
    """

    def __init__(self, aliases: Mapping[str, str] | None = None) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        self._borders: dict[str, set[int]] = {}
        self._spellings: set[str] = set()
        said, words = _ONLY_PLURALS
        self._only_plurals = dict.fromkeys(words.split(), said)
        self._last = set(self._only_plurals)
        for (kind, shape), keys in KEYS.items():
            for key in keys.split():
                self._add(key, kind, shape)
        for alias, kind in (aliases or {}).items():
            self._add(alias, kind, NUMBERED if kind == "UIN" else NAMED)
        for suffix in _SECRET_ENDS:
            self._spellings.add(f"{suffix}")
        self.classify = lru_cache(maxsize=8192)(self._classify)
        self.classify_plural = lru_cache(maxsize=8192)(self._classify_plural)

    def _add(self, key: str, kind: str, shape: str) -> None:
        words = words_of(key)
        if words:
            joined = "".join(words)
            self._keys.setdefault(joined, (kind, shape))
            self._borders.setdefault(joined, set()).update(accumulate(map(len, words[:-1])))
            self._spellings.add("[ _.-]?".join(map(re.escape, words)))
            self._last.add(words[-1])

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of personal data that the keys stand before."""
        return frozenset(kind for kind, _ in self._keys.values())

    @property
    def trigger(self) -> str:
        """Return an expression that occurs wherever one of the keys stands before its value."""
        keys = "|".join(sorted(self._spellings))
        return rf"(?i)(?:{keys})[_.-]?[\"'\])]{{0,2}}[ \t]{{0,24}}(?:[=:(\[]|：|＝|【|（|“)"

    @property
    def last_words(self) -> str:
        """Return an expression that occurs wherever one of the keys stands, in small letters."""
        return f"(?:{'|'.join(sorted(self._last))})"

    @property
    def last_plurals(self) -> str:
        """Return an expression that occurs wherever a plural of one of the keys stands, in small letters."""
        stems = sorted({word.removesuffix("y") for word in self._last})
        return f"(?:{'|'.join(stems)})y?(?:ies|e?s|(?:[ _.-]?(?:list|array|set)|列表|名单|清单))"

    def _classify(self, key: str) -> tuple[str, str] | None:
        if _ENDS_IN_PSEUDONYM.search(key):
            return None
        parts = list(_WORD.finditer(key))
        if not parts or len(key) - parts[-1].end() > 1:
            return None
        words = [part.group().lower() for part in parts]
        for count in range(min(_LONGEST_KEY, len(words)), 0, -1):
            joined = "".join(words[-count:])
            found = self._keys.get(joined)
            if found is None or not self._borders[joined].issuperset(_separated(parts[-count:])):
                continue
            if words[-1] == "token" and words[-2:-1] and words[-2] in _NO_SECRET:
                return None
            return found
        if _HAN.search(key):
            return self._han(key)
        return ("SECRET", PASSWORD) if _is_secret_word(words[-1]) else None

    def _classify_plural(self, key: str) -> tuple[str, str] | None:
        """Return what the members of a list are whose key is the plural of a known one."""
        parts = list(_WORD.finditer(key))
        if not parts or len(key) - parts[-1].end() > 1 or _ENDS_IN_PSEUDONYM.search(key):
            return None
        for count in range(min(_LONGEST_KEY + 1, len(parts)), 0, -1):
            joined = "".join(part.group().lower() for part in parts[-count:])
            for singular in singulars(joined):
                borders = self._borders.get(singular, set())
                known = self._keys.get(singular) or self._only_plurals.get(singular)
                if known and all(at in borders or at >= len(singular) for at in _separated(parts[-count:])):
                    return known
        return None

    def _han(self, key: str) -> tuple[str, str] | None:
        key = key.lower()
        return next((self._keys[key[at:]] for at in range(1, len(key) - 1) if key[at:] in self._keys), None)


def _is_secret_word(word: str) -> bool:
    """Tell whether a word ends in one for a secret, as `dbpass` and `rootpw` do and `bypass` does not."""
    end = next((end for end in _SECRET_ENDS if word.endswith(end)), None)
    return end is not None and word not in ORDINARY and not word.removesuffix(end).endswith(_NO_SECRET_ENDS)


def _separated(words: Sequence[re.Match[str]]) -> Iterator[int]:
    """Yield after how many letters of the words a separator stands; one of several characters stands nowhere."""
    letters = 0
    for word, following in pairwise(words):
        letters += len(word.group())
        gap = following.start() - word.end()
        if gap:
            yield letters if gap == 1 else -1
