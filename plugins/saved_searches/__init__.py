"""Searches that a person keeps: what is new in them is counted, written by mail, and read as a feed."""
