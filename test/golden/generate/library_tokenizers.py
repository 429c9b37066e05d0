"""Writes test/fixtures/library-tokenizers and test/golden/library-tokenizers.json: tiny tokenisers that are not WordPiece,
and what the `tokenizers` library makes of texts with them.

    python3 -m venv VENV && VENV/bin/pip install tokenizers==0.23.3 numpy
    VENV/bin/python test/golden/generate/library_tokenizers.py [DATA]

Trained on strings of word_piece.py and on data/sample. `cases` has some strings with what the library gives, `blocks` hashes
over a thousand more; with DATA, the folder with wnut16, wnut17 and raw, `corpora` has hashes over these. Words are what is
between single spaces. Without a prefix space the reference for words is the text joined from them, its pieces sorted
out by offsets; words that begin or end in white space or a control are left out there, because it does not tell whose the spaces are.
"""

import json
import sys
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import word_piece
import word_piece_corpora
from word_piece import Hash, Random, encode_text, encode_words, utf16

FIXTURE = Path("test/fixtures/library-tokenizers")
WEB = ["https://t.co/Ab3x", "http://a.b/c?d=e&f#g", "@User_1", "#NYC", "I'm", "can't", "don\u2019t", ":-)", "RT", "1,000.50"]
SPECIAL = ["<s>", "</s>", "<mask>", "<pad>", "<unk>", "<mask", "\u2581", "\u0120"]
word_piece.POOLS += [WEB, SPECIAL, ["New", "York", "new", "hello", "world", "walking", "unaffable"]]
NAMES = ["<s>", "<pad>", "</s>", "<unk>"]
SEP, CLS = ("</s>", 2), ("<s>", 0)


def specials():
    return [AddedToken(name, special=True, normalized=False) for name in NAMES] + [
        AddedToken("<mask>", special=True, normalized=False, lstrip=True)
    ]


def byte_level(texts, prefix):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=specials(), initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(SEP, CLS, trim_offsets=True, add_prefix_space=prefix)
    return tokenizer


def unigram(texts):
    """As XLM-R, with NFKC in place of the table of characters that it brings along."""
    tokenizer = Tokenizer(models.Unigram())
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), spaces])
    splits = [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(splits)
    # Without the strings with characters from all over Unicode, which would each want a piece: they are unknown.
    known = {c for pool in word_piece.POOLS for item in pool for c in item}
    texts = [text for text in texts if known.issuperset(text) and not any(name in text for name in SPECIAL)]
    trainer = trainers.UnigramTrainer(vocab_size=1000, special_tokens=specials(), unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[CLS, SEP]
    )
    return tokenizer


def is_space(c):
    return c.isspace() or unicodedata.category(c) == "Cc"


def plain_words(text):
    return [word for word in text.split(" ") if word != "" and not is_space(word[0]) and not is_space(word[-1])]


def encode_joined(tokenizer, words):
    """The pieces of the words joined by spaces; a piece is of the word in which it ends."""
    e = tokenizer.encode(" ".join(words), add_special_tokens=False)
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    rows = []
    for i, (begin, end) in zip(e.ids, e.offsets):
        # A piece for a space alone is of the word after it; its offsets were trimmed to nothing, after the space.
        w = max(k for k, start in enumerate(starts) if start < end or start == begin == end)
        at = utf16(words[w])
        rows.append([i, w, at[max(0, begin - starts[w])], at[max(0, end - starts[w])]])
    return [list(column) for column in zip(*rows)] if rows else [[], [], [], []]


def words_of(name, text):
    return plain_words(text) if name == "byte-level" else text.split(" ")


def encode(name, tokenizer, words):
    return encode_joined(tokenizer, words) if name == "byte-level" else encode_words(tokenizer, words)


def hashes(name, tokenizer, texts):
    as_text, as_words = Hash(), Hash()
    for text in texts:
        as_text.add(encode_text(tokenizer, text))
        as_words.add(encode(name, tokenizer, words_of(name, text)))
    return [as_text.digest(), as_words.digest()]


def main(data):
    sample = [" ".join(words) for path in sorted(Path("data/sample").glob("*")) for words in sentences(path)]
    random = Random(11)
    texts = sample * 20 + [random.text() for _ in range(2000)]
    built = {
        "byte-level": byte_level(texts, False),
        "byte-level-prefix": byte_level(texts, True),
        "unigram": unigram(texts),
    }
    random = Random(2026)
    golden = dict(tokenizers=tokenizers.__version__, seed=2026, blockSize=1000, pools=word_piece.POOLS)
    strings = [random.text() for _ in range(110)]
    block = [random.text() for _ in range(1000)]
    lines = [f'"{key}": {json.dumps(golden[key])}' for key in ["tokenizers", "seed", "blockSize"]]
    lines.append('"pools": [\n' + ",\n".join(json.dumps(pool) for pool in word_piece.POOLS) + "\n]")
    kinds = []
    for name, tokenizer in built.items():
        folder = FIXTURE / name
        folder.mkdir(parents=True, exist_ok=True)
        # Settings of whoever wrote the file; whoever does not leave them out fails.
        tokenizer.enable_truncation(4)
        tokenizer.enable_padding(length=4)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        # What was trained has scores with more digits than the file.
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        config = dict(model_max_length=512, cls_token="<s>", sep_token="</s>", pad_token="<pad>", mask_token="<mask>")
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        cases = [[t, encode_text(tokenizer, t), encode(name, tokenizer, words_of(name, t))] for t in strings]
        corpora = {
            corpus: [len(found), *hashes(name, tokenizer, [" ".join(words) for words in found])]
            for corpus, found in read_corpora(data).items()
        }
        rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        kinds.append(
            f'"{name}": {{\n"cases": [\n{rows}\n],\n"block": {json.dumps(hashes(name, tokenizer, block))},\n'
            f'"corpora": {json.dumps(corpora)}\n}}'
        )
    lines.append('"kinds": {\n' + ",\n".join(kinds) + "\n}")
    Path("test/golden/library-tokenizers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def sentences(path):
    return word_piece_corpora.sentences(path.read_text(encoding="utf-8")) if path.suffix != ".md" else []


def read_corpora(data):
    if data is None:
        return {}
    names = ["wnut16/dev", "wnut17/emerging.dev.conll"]
    read = {name: word_piece_corpora.sentences((data / name).read_bytes().decode()) for name in names}
    read["raw/yt-filter"] = word_piece_corpora.raw_texts(data / "raw/yt-filter")[:1000]
    return read


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
