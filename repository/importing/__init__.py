"""Brings a folder or a ZIP of documents into the house, each with what is known of it."""
