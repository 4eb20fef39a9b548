"""Moderation: what was handed in is checked, looked at and decided before others find it."""
