"""The Beam graphs and how they are run. What is done to an event is in `transforms`; what is typed, in `commands`."""
