"""Likert items: codes, scales, reliability."""
