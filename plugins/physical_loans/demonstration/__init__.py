"""What the demonstration centre lends, and who has what."""
