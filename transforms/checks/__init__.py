"""Checks of what was written: records, texts, and which partitions are due on a date."""
