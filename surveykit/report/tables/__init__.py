"""Results become tables for readers."""
