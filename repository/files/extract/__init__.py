"""Readers of every kind of document that the repository takes."""
