"""The comparisons that users call."""
