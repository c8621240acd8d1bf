"""Expiry, the calendar, erasure over all stores, and verification.

Which partitions are due on a date is decided in `transforms.checks`.
"""
