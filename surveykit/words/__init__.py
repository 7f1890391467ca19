"""The words that pages print, in English, Russian and Kazakh, as data."""
