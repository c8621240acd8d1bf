"""The vault's tables; `migrations/` makes them, and a test holds that the two agree.

A pseudonym's row is readable only with the key of its epoch: destroying the key shreds the row and all of
its copies.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

metadata = MetaData()

CIPHER_BYTES = 640


def ascii_string(length: int) -> TypeEngine[str]:
    """Return the type of a string that is compared byte by byte."""
    return String(length).with_variant(mysql.VARCHAR(length, charset="ascii", collation="ascii_bin"), "mysql")


def cipher_text() -> TypeEngine[bytes]:
    """Return the type of an encrypted value."""
    return LargeBinary(CIPHER_BYTES).with_variant(mysql.VARBINARY(CIPHER_BYTES), "mysql")


accounts = Table(
    "logveil_accounts",
    metadata,
    Column("account_id", ascii_string(32), primary_key=True),
    Column("state", ascii_string(16), nullable=False),
    Column("terminated_at", BigInteger),
    Column("erase_by", BigInteger),
    Column("erasing_cut", BigInteger),
    Index("logveil_accounts_erase_by", "erase_by"),
)

account_uins = Table(
    "logveil_account_uins",
    metadata,
    Column("pseudonym", ascii_string(40), primary_key=True),
    Column("account_id", ascii_string(32), nullable=False),
    Column("epoch", ascii_string(8), nullable=False),
    Column("uin", cipher_text(), nullable=False),
    Index("logveil_account_uins_account", "account_id"),
)

account_names = Table(
    "logveil_account_names",
    metadata,
    Column("pseudonym", ascii_string(40), primary_key=True),
    Column("account_id", ascii_string(32), primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", ascii_string(8), nullable=False),
    Column("username", cipher_text(), nullable=False),
    Index("logveil_account_names_account", "account_id"),
)

account_events = Table(
    "logveil_account_events",
    metadata,
    Column("event_key", ascii_string(64), primary_key=True),
    Column("account_id", ascii_string(32), nullable=False),
    Column("kind", ascii_string(16), nullable=False),
    Column("time", BigInteger, nullable=False),
    Index("logveil_account_events_account", "account_id"),
)

sightings = Table(
    "logveil_sightings",
    metadata,
    Column("uin_pseudonym", ascii_string(40), primary_key=True),
    Column("username_pseudonym", ascii_string(40), primary_key=True),
    Column("epoch", ascii_string(8), nullable=False),
    Column("uin", cipher_text()),
    Column("username", cipher_text()),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Index("logveil_sightings_username", "username_pseudonym"),
    Index("logveil_sightings_epoch", "epoch"),
)

erased = Table(
    "logveil_erased",
    metadata,
    Column("digest", ascii_string(64), primary_key=True),
    Column("account_id", ascii_string(32), nullable=False),
    Column("cut", BigInteger, nullable=False),
    Column("erased_at", BigInteger, nullable=False),
    Index("logveil_erased_cut", "cut"),
)

disclosures = Table(
    "logveil_disclosures",
    metadata,
    Column("disclosure_id", ascii_string(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("pseudonym", ascii_string(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("outcome", ascii_string(16), nullable=False),
    Index("logveil_disclosures_at", "at"),
)
