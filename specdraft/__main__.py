"""`python -m specdraft`."""

from specdraft.cli import main

if __name__ == "__main__":
    main()
