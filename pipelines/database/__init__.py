"""What the account vault and the event table share: a connection that retries, and rows by the slice."""
