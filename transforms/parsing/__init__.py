"""Records into events: JSON, the log service's envelope, plain text, and the time of an event."""
