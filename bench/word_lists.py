"""Make the lists of words in transforms/detect/data again that come from others' packages.

    apt-get download wamerican-small && dpkg-deb -x wamerican-small_*.deb FOLDER
    for name in software-terms k8s aws docker fullstack companies powershell python data-science; do
        npm pack @cspell/dict-$name; mkdir -p FOLDER/pk/$name; tar xzf cspell-dict-$name-*.tgz -C FOLDER/pk/$name; done
    pip download --no-deps faker && unzip faker-*.whl -d FOLDER
    .venv/bin/python bench/word_lists.py FOLDER

English: SCOWL to size 35 (Debian's wamerican-small 2020.12.07), free to use, change and distribute with its notice.
Programs' words: cspell's dictionaries, MIT. Names: the persons of all locales of Faker 40.63.0, MIT.
"""

import gzip
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "transforms" / "detect" / "data"
SCOWL = (
    "SCOWL to size 35 (wamerican-small 2020.12.07), Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy,\n"
    "# modify, distribute and sell these word lists is granted without fee, provided that this notice appears in"
    "\n# all copies."
)
_DICTIONARIES = (
    "software-terms",
    "k8s",
    "aws",
    "docker",
    "fullstack",
    "companies",
    "powershell",
    "data-science",
    "python-common",
)
SOFTWARE = f"cspell's dictionaries ({', '.join(_DICTIONARIES)}), November 2026, MIT, (c) Street Side Software"
FAKER = "Faker 40.63.0, MIT, Copyright (c) 2012 Daniele Faraglia: providers of persons, all locales in Latin letters"
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][a-zà-öø-ÿĀ-ɏḀ-ỿ'’-]{1,24}")
_WORD = re.compile(r"[a-z]{2,24}")


def english(folder: Path) -> set[str]:
    """Return the words of SCOWL that are written in small letters: no names."""
    lines = next(folder.rglob("american-english-small")).read_text("utf-8").split()
    return {line for line in lines if _WORD.fullmatch(line)}


def software(folder: Path) -> set[str]:
    """Return the words that programs use, in small letters."""
    found: set[str] = set()
    for path in [*folder.rglob("dict/*.txt"), *folder.rglob("dict/*.txt.gz")]:
        if not {path.parts[-4], path.name.partition(".")[0]} & set(_DICTIONARIES):
            continue
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
        for line in text.splitlines():
            found.update(_WORD.findall(line.partition("#")[0].lower()))
    return found


def persons(folder: Path) -> tuple[set[str], set[str]]:
    """Return the given names and the surnames of Faker's locales."""
    sys.path.insert(0, str(folder))
    package = importlib.import_module("faker.providers.person")
    given: set[str] = set()
    sur: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for name in dir(provider):
            if "format" not in name and ("first_name" in name or "last_name" in name):
                (given if "first_name" in name else sur).update(_names(getattr(provider, name)))
    return given, sur


def _names(values: object) -> Iterator[str]:
    if isinstance(values, tuple | list | dict):
        yield from (one for one in values if isinstance(one, str) and _LATIN.fullmatch(one))


def write(name: str, source: str, words: Iterable[str]) -> None:
    """Write a list with its source, a word a line, sorted."""
    body = "\n".join(sorted(words))
    (DATA / f"{name}.txt").write_text(f"# {source}\n{body}\n", encoding="utf-8")


def main() -> None:
    """Write the lists."""
    folder = Path(sys.argv[1])
    common = english(folder)
    given, sur = persons(folder)
    write("english", SCOWL, common)
    write("software", SOFTWARE, software(folder / "pk") - common)
    write(
        "given_names", FAKER + ", without English words", {one for one in given if one.lower() not in common}
    )
    write("surnames", FAKER + ", without English words", {one for one in sur if one.lower() not in common})


if __name__ == "__main__":
    main()
