"""Surveys to try things on, wherever surveykit is installed."""
