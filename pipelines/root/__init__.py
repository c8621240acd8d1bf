"""The output root: its layout, partitions, ledgers, receipts, and the commit of a run, whole or not at all."""
