"""Writes shared/text/bert-unicode.ts: what each character is to the `tokenizers` library, found by asking the library.

    python3 -m venv VENV && VENV/bin/pip install tokenizers==0.23.3
    VENV/bin/python test/golden/generate/bert_unicode.py > shared/text/bert-unicode.ts

The library was built with the tables of several old Unicode versions (categories of 8, normalisation of 9), so the
classes of JavaScript's own regular expressions do not do. White space, CJK and lower case agree with JavaScript and
are checked here only. Values of combining classes come from Python's unicodedata: Unicode never changes one.
"""

import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers

WIDTH = 116


def bert(**on):
    settings = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**settings, **on}).normalize_str


clean, strip = bert(clean_text=True), bert(strip_accents=True)
nfd = normalizers.NFD().normalize_str
pre_tokenize = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

dropped, marks, punctuation, decomposing, combining = [], [], [], [], []
for code in range(0x110000):
    if 0xD800 <= code < 0xE000:
        continue
    c = chr(code)
    if clean(f"a{c}b") == "ab":
        dropped.append((code, None))
    parts = pre_tokenize(f"a{c}b")
    assert (len(parts) == 2) == (code in (0x85, *range(9, 14)) or unicodedata.category(c)[0] == "Z"), hex(code)
    if len(parts) == 3:
        punctuation.append((code, None))
    if nfd(c) != c:
        assert nfd(c) == unicodedata.normalize("NFD", c), hex(code)
        decomposing.append((code, None))
        continue
    if strip(c) == "":
        marks.append((code, None))
    # U+0334 has the lowest combining class, U+0345 the highest; what moves past neither has none.
    if nfd("\u0345" + c) != "\u0345" + c or nfd(c + "\u0334") != c + "\u0334" or code in (0x334, 0x345):
        combining.append((code, unicodedata.combining(c)))
    else:
        # Those of combining class 1 do not move before U+0334.
        assert nfd("\u0316" + c) == "\u0316" + c, hex(code)


def ranges(found):
    """`300-314:e6 315:e8`: runs of neighbours with the same value, in hexadecimal."""
    runs = []
    for code, value in found:
        if runs and runs[-1][1] == code and runs[-1][2] == value:
            runs[-1][1] = code + 1
        else:
            runs.append([code, code + 1, value])
    for start, end, value in runs:
        run = f"{start:x}" if end == start + 1 else f"{start:x}-{end - 1:x}"
        yield run if value is None else f"{run}:{value:x}"


def write(name, comment, found):
    lines, line = [], ""
    for item in ranges(found):
        if len(line) + 1 + len(item) > WIDTH:
            lines.append(line)
            line = ""
        line += (" " if line else "") + item
    print(f"\n/** {comment} */\nexport const {name} = `\n" + "\n".join(lines + [line]) + "\n`;")


print(
    f"""// Made by test/golden/generate/bert_unicode.py from tokenizers {tokenizers.__version__}; change that, not this.
//
// What each character is to BertNormalizer and BertPreTokenizer: ranges of code points in hexadecimal, ends included,
// with spaces between. They are those of the Unicode versions that the library was built with, so that a character
// encoded since is no mark and no punctuation here either."""
)
write("DROPPED", "What clean_text removes: controls, format characters, private use; U+0000 and U+FFFD.", dropped)
write("MARKS", "Nonspacing marks (Mn), which strip_accents removes.", marks)
write("PUNCTUATION", "What stands alone: punctuation, and all of ASCII that is no letter, digit or white space.", punctuation)
write("DECOMPOSING", "What NFD replaces.", decomposing)
write("COMBINING", "Canonical combining classes other than 0, by which NFD sorts.", combining)
