"""The account vault: which pseudonym is whose, for support, and when each account must be gone."""
