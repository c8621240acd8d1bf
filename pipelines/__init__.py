"""Where log events come from and where they go: inputs, the output root, stores, jobs, and the command line."""
