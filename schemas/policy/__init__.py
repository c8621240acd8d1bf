"""The privacy policy as data: its YAML, the loader that checks it, and the frozen types that everything else reads."""
