"""Writes test/fixtures/word-piece and test/golden/word-piece.json: what the `tokenizers` library makes of texts.

    python3 -m venv VENV && VENV/bin/pip install tokenizers==0.23.3 numpy
    VENV/bin/python test/golden/generate/word_piece.py

The vocabulary is made up here. `pools` and the generator `Random` are all that a test needs to make the same strings;
`cases` has some with what the library gives, `blocks` has hashes over many more, `scalars` over every character there
is. Offsets are converted from code points to UTF-16 units. Known divergences: none. Half surrogate pairs are left out,
because the library cannot be given them.
"""

import hashlib
import json
from array import array
from itertools import product
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

FIXTURE = Path("test/fixtures/word-piece")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
POOLS = [
    list("abcdeghinorstuxyz") + ["the", "The", "THE", "twitter", "Walking", "unaffable", "ab", "http", "RT"],
    list("0123456789ABCDEFXYZ"),
    [" ", " ", " ", "\t", "\n", "\r", "\u00a0", "\u2003", "\u3000", "\u2028", "\u202f", "\u1680"],
    list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["\u2026", "\u2019", "\u201c", "\u3002", "\u00a1", "\u2e3a", "\u104a"],
    list("\u00e9\u00c9\u00f1\u00fc\u00c5\u212b\u0130\u0131\u03a3\u03c3\u03c2\u1e9e\u00df\u01c4\u1ea4\u1edf\u00bd\u2126\u017f"),
    # Marks of many combining classes, some of which decompose, and some with none.
    list("\u0300\u0301\u0308\u0316\u0323\u0327\u0334\u0338\u0345\u0344\u0f73\u0f71\u05b0\u064b\u302a\u302e\u3099\u0e38\u20dd"),
    # Marks that are not nonspacing but are sorted, and letters that decompose into more than two characters.
    list("\u1b44\ua953\U0001d165\U0001d16e\u09be\u09cb\u0dde\u1f82\u1fb7\u0390\ufb2c\u2adc\U0001d15f\u226e\u037e\u1fef"),
    list("\u4e2d\u6587\u65e5\uf900\u3400\U00020000\U0002b820\U0002b91f\U0002b920\U0002ceb0\u30ab\u3042"),
    list("\ud55c\uae00\uac00\u1112\u1161\u11ab\uff21\uff0e\uff71"),
    ["\U0001f600", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f468\u200d\U0001f469", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3"],
    list("\x00\x01\x0b\x0c\x1f\x7f\x85\u00ad\u200b\u200d\u200e\u2060\ufeff\ufffd\ufff9\ue000\U000f0000\U000e0041\u0600\u180e"),
    # Encoded after the library's tables: marks, punctuation, letters; Deseret and Garay have lower case.
    list("\u08d3\u0c3c\U00010efd\U0001e130\u2e43\U0001145d\U00010400\U00010d50\ua7cb\u1c89\U000105c9\u0891\U00013430"),
    ["[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]", "[sep]", "##", "##ing", "[SEP", "<a>", "new york", "foo", "Bar", "BAR"],
    ["a" * 30, "b" * 99, "ab" * 50, "ab" * 51, "\u00e9" * 60],
]
SETTINGS = [
    dict(lowercase=lower, strip_accents=strip, handle_chinese_chars=chinese, clean_text=clean)
    for lower, strip, chinese, clean in product([True, False], [None, True, False], [True, False], [True, False])
]


class Random:
    """Marsaglia's xorshift with 32 bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self.state = x
        return x % limit

    def item(self):
        pool = self.below(len(POOLS) + 1)
        if pool < len(POOLS):
            return POOLS[pool][self.below(len(POOLS[pool]))]
        code = self.below(0x110000 - 0x800)
        return chr(code if code < 0xD800 else code + 0x800)

    def text(self):
        return "".join([self.item() for _ in range(1 + self.below(16))])


def make_vocab():
    whole = ["the", "twit", "un", "walk", "http", "rt", "fo", "foo", "bar", "new", "york", "e\u0301", "\u00e9", "\u00c9"]
    whole += list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u2026\u2019\u00a1\u3002\u00df\u03c3\u03c2\u0131\u4e2d\u6587\u65e5\u30ab")
    whole += ["\ud55c", "\u1112", "\U0001f600", "\U0001f44d", "\u2764", "\U00010428", "\U00020000", "\u0338", "\u0301", "[sep]", "##"]
    rest = ["ing", "ter", "aff", "able", "ab", "abab", "\u00e9", "\u0301", "\u0307", "\u1161", "\u11ab", "\U0001f3fd", "\u03c3", "\u30ab"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += list(LETTERS) + list("0123456789ABCDX") + whole
    pieces += ["##" + c for c in LETTERS.replace("q", "") + "0123456789AB"] + ["##" + piece for piece in rest]
    return {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}


def build(vocab, normalizer, added=(), **model):
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", **{"max_input_chars_per_word": 100, **model}))
    tokenizer.normalizer = normalizer and normalizers.BertNormalizer(**normalizer)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.add_tokens(list(added))
    return tokenizer


def utf16(text):
    """The UTF-16 offset of each code point, and of the end."""
    offsets = [0]
    for c in text:
        offsets.append(offsets[-1] + (2 if ord(c) > 0xFFFF else 1))
    return offsets


def encode_text(tokenizer, text):
    e = tokenizer.encode(text, add_special_tokens=False)
    at = utf16(text)
    return [e.ids, e.word_ids, [at[start] for start, _ in e.offsets], [at[end] for _, end in e.offsets]]


def encode_words(tokenizer, words):
    e = tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
    at = [utf16(word) for word in words]
    spans = list(zip(e.word_ids, e.offsets))
    return [e.ids, e.word_ids, [at[w][start] for w, (start, _) in spans], [at[w][end] for w, (_, end) in spans]]


class Hash:
    """SHA-256 over int32, little end first: the number of pieces, then ids, word ids, starts and ends."""

    def __init__(self):
        self.sha = hashlib.sha256()

    def add(self, encoding):
        for numbers in [[len(encoding[0])], *encoding]:
            self.sha.update(array("i", numbers).tobytes())

    def digest(self):
        return self.sha.hexdigest()[:16]


def hash_texts(tokenizer, texts):
    as_text, as_words = Hash(), Hash()
    for text in texts:
        as_text.add(encode_text(tokenizer, text))
        as_words.add(encode_words(tokenizer, text.split(" ")))
    return [as_text.digest(), as_words.digest()]


def write_fixture(vocab):
    FIXTURE.mkdir(parents=True, exist_ok=True)
    tokenizer = build(vocab, SETTINGS[0])
    cls, sep = ("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[cls, sep]
    )
    # A text is longer than this, so whoever does not leave both out fails.
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=4)
    tokenizer.save(str(FIXTURE / "tokenizer.json"))
    (FIXTURE / "vocab.txt").write_text("".join(f"{piece}\n" for piece in vocab), encoding="utf-8")
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512}
    (FIXTURE / "tokenizer_config.json").write_text(json.dumps(config) + "\n")


def added_tokens(vocab):
    """Added tokens of every kind; those that are no piece get the ids after the vocabulary."""
    return [
        AddedToken("<a>", lstrip=True, normalized=False),
        AddedToken("[sep]", rstrip=True, normalized=False),
        AddedToken("foo", single_word=True, normalized=False),
        AddedToken("BAR", normalized=True),
        AddedToken("new york", normalized=True, single_word=True),
        AddedToken("\u00c9", normalized=True, lstrip=True, rstrip=True),
        AddedToken("[SEP", normalized=False),
    ]


def variants(vocab):
    """What differs from the defaults of the model, beside its normaliser."""
    added = added_tokens(vocab)
    yield "added tokens", build(vocab, SETTINGS[0], added), dict(added=describe(vocab, added))
    # Without tokens that take spaces, which are found in each word by itself.
    plain = [added[0], added[2], added[3]]
    yield "added tokens within words", build(vocab, SETTINGS[0], plain), dict(added=describe(vocab, plain))
    yield "short words", build(vocab, SETTINGS[0], max_input_chars_per_word=3), dict(maxInputCharsPerWord=3)
    bare = {piece.removeprefix("##"): i for piece, i in vocab.items() if piece != "##"}
    yield "no prefix", build(bare, SETTINGS[0], continuing_subword_prefix=""), dict(continuingPrefix="", bare=True)
    yield "other prefix", build(vocab, SETTINGS[0], continuing_subword_prefix="un"), dict(continuingPrefix="un")
    yield "no normaliser", build(vocab, None), dict(normalizer=None)


def describe(vocab, added):
    tokenizer = build(vocab, SETTINGS[0], added)
    names = ["content", "single_word", "lstrip", "rstrip", "normalized"]
    return [dict(id=tokenizer.token_to_id(t.content), **{name: getattr(t, name) for name in names}) for t in added]


def scalar_hashes(tokenizer):
    """Every character after a letter, before a mark, and alone, by blocks of 0x1000, 64 to a text."""
    for block in range(0, 0x110000, 0x1000):
        hashed = Hash()
        for start in range(block, block + 0x1000, 64):
            characters = [chr(code) for code in range(start, start + 64) if not 0xD800 <= code < 0xE000]
            text = " ".join([f"a{c}b {c}\u0316\u0301{c} {c}" for c in characters])
            hashed.add(encode_text(tokenizer, text))
        yield hashed.digest()


def main():
    vocab = make_vocab()
    write_fixture(vocab)
    random = Random(2024)
    built = [build(vocab, settings) for settings in SETTINGS]
    cases = []
    for i in range(360):
        setting, text = i % len(SETTINGS), random.text()
        words = text.split(" ")
        cases.append([setting, text, encode_text(built[setting], text), encode_words(built[setting], words)])
    block_size = 1000
    blocks = [hash_texts(tokenizer, [random.text() for _ in range(block_size)]) for tokenizer in built]
    named = []
    for name, tokenizer, changes in variants(vocab):
        texts = [random.text() for _ in range(block_size)]
        named.append(dict(name=name, **changes, hashes=hash_texts(tokenizer, texts)))
    scalars = [[i, list(scalar_hashes(built[i]))] for i in (0, 6, 23)]
    golden = dict(
        tokenizers=tokenizers.__version__,
        seed=2024,
        blockSize=block_size,
        pools=POOLS,
        settings=SETTINGS,
        cases=cases,
        blocks=blocks,
        variants=named,
        scalars=scalars,
    )
    # One line an entry, so that a change shows where it is.
    lines = []
    for key, value in golden.items():
        rows = value if isinstance(value, list) else None
        text = (
            json.dumps(value)
            if rows is None
            else "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]"
        )
        lines.append(f"{json.dumps(key)}: {text}")
    Path("test/golden/word-piece.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
