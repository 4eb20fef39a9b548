"""How long a whole course keeps staff busy, by the keystroke-level model."""
