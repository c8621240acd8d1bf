"""How a root and its streams stand just now, for operators: on a terminal, as JSON, and as Prometheus metrics.

Whether everything is as it should be is `retention`'s to verify; here it is only told how far things have come.
"""
