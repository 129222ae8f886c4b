"""The source tree as the tools see it: the table of src/LAYERS, the units on disk and what each file includes."""

import re
from dataclasses import dataclass, field
from pathlib import Path

TEST_SUFFIXES = ("_test", "_bench")


@dataclass
class Layer:
    name: str
    level: int
    imports: list[str]
    doors: list[str] = field(default_factory=list)
    testing: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)


@dataclass
class Table:
    layers: dict[str, Layer] = field(default_factory=dict)
    libraries: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    path: Path
    layer: str
    unit: str
    is_test: bool

    @property
    def is_main(self):
        return (self.layer, self.path.name) == ("server", "main.cc")


@dataclass(frozen=True)
class Include:
    line: int
    path: str
    is_ours: bool


class TableError(Exception):
    pass


def read_table(root):
    """Reads root/src/LAYERS. Raises TableError, with the line, for what it cannot read."""
    table, layer = Table(), None
    for number, line in enumerate((root / "src/LAYERS").read_text().splitlines(), 1):
        words = line.split("#")[0].replace(":", " : ").split()
        if not words:
            continue
        if match := re.fullmatch(r"layer (\w+) (\d+) :(.*)", " ".join(words)):
            layer = Layer(match[1], int(match[2]), match[3].split())
            table.layers[layer.name] = layer
        elif words[0] == "library" and words[2:3] == [":"]:
            table.libraries[words[1]] = words[3:]
        elif words[0] == "door" and layer:
            layer.doors = words[1:]
        elif words[0] == "testing" and layer:
            layer.testing = words[1:]
        elif line.startswith(" ") and len(words) == 1 and layer:
            layer.units.append(words[0])
        else:
            raise TableError(f"src/LAYERS:{number}: cannot read '{line}'")
    return table


def sources(root):
    """Every C++ file of src/, in the order of its path."""
    found = []
    for path in sorted((root / "src").glob("*/*")):
        if path.suffix not in (".h", ".cc"):
            continue
        unit, is_test = path.stem, False
        for suffix in TEST_SUFFIXES:
            if path.suffix == ".cc" and unit.endswith(suffix):
                unit, is_test = unit.removesuffix(suffix), True
        found.append(Source(path, path.parent.name, unit, is_test))
    return found


def includes(path):
    """What the file includes; ours in quotes, libraries in angle brackets."""
    pattern = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := pattern.match(line):
            found.append(Include(number, match[1] or match[2], match[1] is not None))
    return found
