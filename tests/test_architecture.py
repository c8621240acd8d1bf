"""The page on architecture shows the packages and the arrows that the code has."""

import re
from itertools import pairwise

import grimp
import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
PICTURE = PAGE.split("```mermaid\n")[1].split("```")[0]
LAYERS = ("schemas", "transforms", "pipelines")
LABELLED = re.compile(r'\w+\["([^"]*)"\]')


def rooms_of(layer: str) -> list[str]:
    """Return the lines of a layer's part of the picture."""
    return PICTURE.split(f"subgraph {layer}[")[1].split("    end")[0].splitlines()[1:]


def arrows(layer: str) -> set[tuple[str, str]]:
    """Return the arrows between packages that a layer's part of the picture shows."""
    found = set()
    for line in rooms_of(layer):
        stops = [side.split("&") for side in LABELLED.sub("", line).split("-->")]
        for above, below in pairwise(stops):
            found |= {(one.strip(), other.strip()) for one in above for other in below if one.strip()}
    return found


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(*LAYERS)


def packages(imports: grimp.ImportGraph, layer: str) -> set[str]:
    return {
        name.removeprefix(f"{layer}.") for name in imports.find_children(layer) if imports.find_children(name)
    }


@pytest.mark.parametrize("layer", ["transforms", "pipelines"])
def test_every_arrow_of_the_picture_is_an_import(imports: grimp.ImportGraph, layer: str) -> None:
    shown = arrows(layer)
    assert len(shown) > 3
    for above, below in shown:
        assert imports.find_shortest_chains(f"{layer}.{above}", f"{layer}.{below}"), (above, below)


@pytest.mark.parametrize("layer", ["transforms", "pipelines"])
def test_the_picture_and_the_readme_name_every_package(imports: grimp.ImportGraph, layer: str) -> None:
    named = set(re.findall(r"\w+", " ".join(rooms_of(layer))))
    assert packages(imports, layer) - named == set()
    tree = (ROOT / "README.md").read_text().split("## Where things are")[1].split("## ")[0]
    assert {name for name in packages(imports, layer) if f"{name}/" not in tree} == set()


def test_the_page_is_short_and_its_links_lead_somewhere() -> None:
    assert len(PAGE.splitlines()) <= 80
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
