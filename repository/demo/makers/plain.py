"""Plain text and Markdown."""

from pathlib import Path
from textwrap import fill

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Table, plain
from repository.demo.material import DemoFile

WIDTH = 78


def make_text(spec: DemoFile, path: Path) -> None:
    """Write a plain text file, UTF-8, lines of at most 78 characters."""
    head = [spec.title.upper(), spec.kicker, f"{spec.authors} · {spec.licence}", ""]
    body = [_as_text(block) for block in spec.blocks]
    path.write_bytes(("\n".join(head + body) + "\n").encode())


def make_markdown(spec: DemoFile, path: Path) -> None:
    """Write a Markdown file, UTF-8."""
    head = [f"# {spec.title}", "", f"*{spec.kicker}*", "", f"{spec.authors} · {spec.licence}", ""]
    body = [_as_markdown(block) for block in spec.blocks]
    path.write_bytes(("\n".join(head + body) + "\n").encode())


def _as_text(block: Block) -> str:
    match block:
        case Heading(level=1):
            return f"\n{block.text.upper()}\n"
        case Heading():
            return f"\n{block.text}\n{'-' * min(len(block.text), WIDTH)}"
        case Item():
            indent = "    " * block.depth
            mark = f"{indent}{block.mark.replace('•', '-')} "
            return fill(plain(block.text), WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
        case Table():
            widths = [max(len(plain(row[place])) for row in block.rows) for place in range(len(block.rows[0]))]
            return "\n".join(
                "  ".join(plain(c).ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in block.rows
            )
        case Note() | Paragraph():
            return fill(plain(block.text), WIDTH) + "\n"
        case Lines():
            return f"{'_' * WIDTH}\n" * block.count
        case Break():
            return "\n" + "-" * WIDTH + "\n"
        case Code():
            return "\n".join(["", *(f"    {line}" for line in block.lines), ""])


def _as_markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"\n{'#' * (block.level + 1)} {block.text}\n"
        case Item():
            return f"{'    ' * block.depth}{block.mark.replace('•', '-').replace(')', '.')} {block.text}"
        case Table():
            rule = "|" + " --- |" * len(block.rows[0])
            rows = ["| " + " | ".join(row) + " |" for row in block.rows]
            return "\n".join(["", rows[0], rule, *rows[1:], ""])
        case Note():
            return f"\n> {block.text}\n"
        case Paragraph():
            return f"\n{block.text}\n"
        case Lines():
            return "\n" + "\\_" * 40 + "\n"
        case Break():
            return "\n---\n"
        case Code():
            return "\n".join(["", "```", *block.lines, "```", ""])
