"""Question sets, metrics, runs and their reports: how often the answers are right, and where they fail."""
