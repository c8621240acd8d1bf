"""Make the tables of accounts, sightings, erasures and disclosures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _ascii(length: int) -> TypeEngine[str]:
    return sa.String(length).with_variant(
        mysql.VARCHAR(length, charset="ascii", collation="ascii_bin"), "mysql"
    )


def _cipher_text() -> TypeEngine[bytes]:
    return sa.LargeBinary(640).with_variant(mysql.VARBINARY(640), "mysql")


def _accounts() -> None:
    op.create_table(
        "logveil_accounts",
        sa.Column("account_id", _ascii(32), primary_key=True),
        sa.Column("state", _ascii(16), nullable=False),
        sa.Column("terminated_at", sa.BigInteger),
        sa.Column("erase_by", sa.BigInteger),
        sa.Column("erasing_cut", sa.BigInteger),
        sa.Index("logveil_accounts_erase_by", "erase_by"),
    )
    op.create_table(
        "logveil_account_uins",
        sa.Column("pseudonym", _ascii(40), primary_key=True),
        sa.Column("account_id", _ascii(32), nullable=False),
        sa.Column("epoch", _ascii(8), nullable=False),
        sa.Column("uin", _cipher_text(), nullable=False),
        sa.Index("logveil_account_uins_account", "account_id"),
    )
    op.create_table(
        "logveil_account_names",
        sa.Column("pseudonym", _ascii(40), primary_key=True),
        sa.Column("account_id", _ascii(32), primary_key=True),
        sa.Column("since", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("epoch", _ascii(8), nullable=False),
        sa.Column("username", _cipher_text(), nullable=False),
        sa.Index("logveil_account_names_account", "account_id"),
    )


def _histories() -> None:
    op.create_table(
        "logveil_account_events",
        sa.Column("event_key", _ascii(64), primary_key=True),
        sa.Column("account_id", _ascii(32), nullable=False),
        sa.Column("kind", _ascii(16), nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Index("logveil_account_events_account", "account_id"),
    )
    op.create_table(
        "logveil_sightings",
        sa.Column("uin_pseudonym", _ascii(40), primary_key=True),
        sa.Column("username_pseudonym", _ascii(40), primary_key=True),
        sa.Column("epoch", _ascii(8), nullable=False),
        sa.Column("uin", _cipher_text()),
        sa.Column("username", _cipher_text()),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Index("logveil_sightings_username", "username_pseudonym"),
        sa.Index("logveil_sightings_epoch", "epoch"),
    )


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _histories()
    op.create_table(
        "logveil_erased",
        sa.Column("digest", _ascii(64), primary_key=True),
        sa.Column("account_id", _ascii(32), nullable=False),
        sa.Column("cut", sa.BigInteger, nullable=False),
        sa.Column("erased_at", sa.BigInteger, nullable=False),
        sa.Index("logveil_erased_cut", "cut"),
    )
    op.create_table(
        "logveil_disclosures",
        sa.Column("disclosure_id", _ascii(32), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("pseudonym", _ascii(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outcome", _ascii(16), nullable=False),
        sa.Index("logveil_disclosures_at", "at"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "disclosures",
        "erased",
        "sightings",
        "account_events",
        "account_names",
        "account_uins",
        "accounts",
    ):
        op.drop_table(f"logveil_{name}")
