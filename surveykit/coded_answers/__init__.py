"""What answers say: scales in words, codes that look missing, several answers to one question."""
