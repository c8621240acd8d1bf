"""Pseudonym keys: key rings in files or the environment, and the epochs that are still in use."""
