"""Coded interviews beside the survey."""
