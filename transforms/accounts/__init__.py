"""Account events, the accounts that log events show, and the erasure of an account's records."""
