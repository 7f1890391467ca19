"""Codebooks in other formats: forms, archives' XML, drafts, pages for readers."""
