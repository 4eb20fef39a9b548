"""A whole course handed over as one ZIP: its generator, and how well and how fast it is taken in."""
