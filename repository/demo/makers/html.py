"""One HTML page without scripts, whole in itself."""

from html import escape
from pathlib import Path

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Run, Table, runs
from repository.demo.makers.look import INK, colours_of
from repository.demo.material import DemoFile

STYLE = """
body{{margin:0;background:#fafaf7;color:#{ink};font:1.05rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif}}
header{{background:#{tint};color:#{dark};padding:2.5rem 1.25rem 2rem}}
header>*,main,footer{{max-width:44rem;margin-inline:auto}}
h1{{font-size:2rem;line-height:1.15;margin:.3rem auto 0}}
h2{{color:#{dark};margin:2.2rem 0 .5rem}} h3{{margin:1.4rem 0 .3rem}}
main{{padding:1rem 1.25rem 2rem}} footer{{padding:1rem 1.25rem 3rem;color:#5f667a;font-size:.9rem}}
table{{border-collapse:collapse;width:100%;margin:1rem 0}}
th,td{{border:1px solid #dcded8;padding:.45rem .6rem;text-align:left;vertical-align:top}}
th{{background:#{tint};color:#{dark}}} td:empty{{height:1.6rem}}
.note{{border-left:6px solid #{solid};background:#{tint};padding:.7rem 1rem;margin:1rem 0}}
.item{{margin:.35rem 0;padding-left:2rem;position:relative}} .deep{{margin-left:2rem}}
.mark{{position:absolute;left:0;color:#{dark};font-weight:600}}
.line{{border-bottom:1px solid #7f8696;height:1.9rem}}
"""


def make(spec: DemoFile, path: Path) -> None:
    """Write the page, UTF-8."""
    colours = colours_of(spec.level)
    style = STYLE.format(ink=INK, dark=colours.dark, tint=colours.tint, solid=colours.solid)
    page = [
        f'<!doctype html>\n<html lang="{spec.language}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(spec.title)}</title>",
        f'<meta name="author" content="{escape(spec.authors)}">\n<style>{style}</style>\n</head>\n<body>',
        f"<header><div>{escape(spec.kicker)}</div><h1>{escape(spec.title)}</h1></header>\n<main>",
        *(_element(block) for block in spec.blocks),
        f"</main>\n<footer>{escape(spec.authors)} · {escape(spec.licence)}</footer>\n</body>\n</html>\n",
    ]
    path.write_bytes("\n".join(page).encode())


def _inline(text: str) -> str:
    return "".join(_styled(run) for run in runs(text))


def _styled(run: Run) -> str:
    tag = "strong" if run.bold else "em" if run.italic else ""
    return f"<{tag}>{escape(run.text)}</{tag}>" if tag else escape(run.text)


def _element(block: Block) -> str:
    match block:
        case Heading():
            tag = f"h{block.level + 1}"
            return f"<{tag}>{escape(block.text)}</{tag}>"
        case Item():
            deep = " deep" if block.depth else ""
            return f'<div class="item{deep}"><span class="mark">{block.mark}</span>{_inline(block.text)}</div>'
        case Table():
            head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in block.rows[0])
            rows = ["".join(f"<td>{_inline(cell)}</td>" for cell in row) for row in block.rows[1:]]
            return f"<table><tr>{head}</tr>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
        case Note():
            return f'<div class="note">{_inline(block.text)}</div>'
        case Paragraph():
            return f"<p>{_inline(block.text)}</p>"
        case Lines():
            return '<div class="line"></div>' * block.count
        case Break():
            return "<hr>"
        case Code():
            return f"<pre>{escape(chr(10).join(block.lines))}</pre>"
