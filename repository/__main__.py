"""Where the console command begins, also as `python -m repository …`."""

import gc


def main() -> None:
    """Load everything, then run the command that was typed."""
    gc.disable()  # nothing that is loaded is waste, and looking for some takes a tenth of the start
    from repository.cli import run

    run()


if __name__ == "__main__":
    main()
