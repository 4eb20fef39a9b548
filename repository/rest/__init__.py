"""How the JSON API reads, answers and refuses: what its addresses share, the core's and the plugins'."""
