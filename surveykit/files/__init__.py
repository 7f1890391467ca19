"""Files have one door in and one out."""
