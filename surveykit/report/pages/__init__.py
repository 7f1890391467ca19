"""Tables, figures and texts become files."""
