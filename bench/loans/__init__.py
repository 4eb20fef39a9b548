"""The lending desk under pressure: the last kit, many things at once, and the hands of people."""
