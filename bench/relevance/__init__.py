"""How well the search finds what teachers mean, judged by hand and compared with other engines."""
