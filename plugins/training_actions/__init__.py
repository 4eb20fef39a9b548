"""Training actions: who was there, what they bring, and what came of it."""
