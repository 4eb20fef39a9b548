"""Digital teaching materials."""
