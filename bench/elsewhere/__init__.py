"""Real documents that others wrote, searched by what a teacher would type; see bench/README.md."""
