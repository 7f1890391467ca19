"""Design-based tests."""
