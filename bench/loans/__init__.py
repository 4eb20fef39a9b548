"""Measurements of the lending desk."""
