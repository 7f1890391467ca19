"""Waves laid beside each other, made comparable, made one survey."""
