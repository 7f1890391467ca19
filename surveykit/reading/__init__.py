"""Reading survey files into a Survey."""
