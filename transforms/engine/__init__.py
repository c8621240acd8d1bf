"""The event engine that is built from Rust (`engine/`): what it is handed, asked and gives; no rule is in it."""
