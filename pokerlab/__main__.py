"""Run the command line with ``python -m pokerlab``."""

from pokerlab.cli import main

if __name__ == "__main__":
    main()
