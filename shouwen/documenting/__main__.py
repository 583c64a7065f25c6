"""Rewrites every generated document: `python -m shouwen.documenting`."""

from pathlib import Path

from shouwen.documenting.written import documents

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write what differs and name it."""
    for place, content in documents().items():
        file = ROOT / place
        if file.exists() and file.read_text("utf-8") == content:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
        print(place)  # noqa: T201  the answer of a command


if __name__ == "__main__":
    main()
