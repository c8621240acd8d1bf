"""Alembic migrations of the vault's tables."""
