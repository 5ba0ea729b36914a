"""Writes roman.ts, italic.ts and bold.ts: the outlines of the letters in which titles, lyrics and directions are drawn.

Source: Tinos (The Tinos Project Authors, SIL Open Font License 1.1, see OFL.txt), from the npm package
@fontsource/tinos 5.3.0. Its widths are those of Times, with which verovio lays text out.

    npm pack @fontsource/tinos@5.3.0 && tar xzf fontsource-tinos-5.3.0.tgz
    pip install fonttools brotli
    python outlines.py package/files .
    npx prettier --write *.ts
"""

import json
import sys
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

CHARACTERS = [chr(code) for code in range(0x20, 0x7F)] + list("©–—’“”°éè")
FACES = {"roman": "400-normal", "italic": "400-italic", "bold": "700-normal"}
UNITS_PER_EM = 1000


def face(file: Path) -> dict[str, str]:
    font = TTFont(file)
    glyphs, names, scale = font.getGlyphSet(), font.getBestCmap(), UNITS_PER_EM / font["head"].unitsPerEm
    letters = {}
    for character in CHARACTERS:
        name = names[ord(character)]
        pen = SVGPathPen(glyphs, ntos=lambda value: str(round(value)))
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
        letters[character] = f'{round(font["hmtx"][name][0] * scale)} {pen.getCommands()}'
    return letters


folder, target = Path(sys.argv[1]), Path(sys.argv[2])
for name, part in FACES.items():
    lines = [
        f"/** Made by outlines.py from Tinos (SIL Open Font License 1.1, OFL.txt): advance and outline, {UNITS_PER_EM} units to the em. */",
        f"export const {name}: Readonly<Record<string, string>> = {{",
        *(f"  {json.dumps(c, ensure_ascii=False)}: {json.dumps(g)}," for c, g in face(folder / f"tinos-latin-{part}.woff2").items()),
        "}",
    ]
    (target / f"{name}.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
