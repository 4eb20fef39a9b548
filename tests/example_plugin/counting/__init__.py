"""A plugin that counts whatever a test tells it to, for reports."""
