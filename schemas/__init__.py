"""What the data is: events, formats, the policy, ledgers, plans, and the errors of all layers. No Beam, no I/O."""
