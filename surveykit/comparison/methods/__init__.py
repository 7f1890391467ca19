"""Methods that turn a case into a row."""
