"""The figures of Partilha, measured on real processes; `make bench` prints them."""
