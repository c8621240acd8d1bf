"""What a person types, and how results are shown: one module a command. No decision about data is made here."""
