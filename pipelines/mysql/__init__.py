"""The table of redacted events in MySQL: its form, writing, expiry and erasure. Connections are in `database`."""
