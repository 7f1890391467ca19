"""Weights: made, held against their targets, described."""
