"""How well and how fast the checks find what was planted: 40 faults in 200 materials."""
