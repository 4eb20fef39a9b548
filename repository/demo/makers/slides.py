"""Cuts blocks into slides, for the two presentation formats."""

from dataclasses import dataclass

from repository.demo.blocks import Block, Break, Heading


@dataclass(frozen=True)
class Slide:
    """A title and what stands under it; a slide without blocks opens a section."""

    title: str
    blocks: tuple[Block, ...]


def cut(blocks: tuple[Block, ...], title: str) -> list[Slide]:
    """Begin a slide at every heading and at every break; what comes before the first heading stands under `title`."""
    slides: list[tuple[str, list[Block]]] = [(title, [])]
    for block in blocks:
        if isinstance(block, Heading):
            slides.append((block.text, []))
        elif isinstance(block, Break):
            slides.append((slides[-1][0], []))
        else:
            slides[-1][1].append(block)
    return [Slide(name, tuple(under)) for name, under in slides if under or name != title]
