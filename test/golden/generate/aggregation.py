"""Writes test/golden/aggregation.json: what transformers' token-classification pipeline makes of pieces, by every strategy.

    python test/golden/generate/aggregation.py

Needs torch 2.15.0 and transformers 4.57.6. The model is a BERT of one layer with random weights, its classifier scaled up so
that labels differ from piece to piece and neighbours often agree. Texts are words joined by single spaces. Each case has the
scores of the pieces, the word of each as the tokeniser tells it when it is given words, its place in the text, and what the
pipeline found. `same` says whether the pipeline's own guess of words, by the length of a piece, agrees with those; where it does
not, Tagwright differs on purpose.
"""

import json
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast, pipeline

STRATEGIES = ["none", "simple", "first", "average", "max"]
LABELS = ["O", "B-person", "I-person", "B-geo-loc", "I-geo-loc"]
WORDS = [
    "ada lovelace flew from new york to london",
    "unbelievable microsoftware companies embedding",
    "ada ada lovelace london london york",
    "lovelaces newyorker londoner",
    "microsoft ware lovelaceada",
    "york",
    "ada flew",
    "companies from new londoners embedded unbelievably",
    # Words that the pipeline sees otherwise, because it cuts at punctuation; then unknown ones, and characters outside the BMP.
    "don't fly to new-york ada's",
    "ada \N{OK HAND SIGN} lovelace caf\u00e9\N{OK HAND SIGN} london",
]
PIECES = """ada love ##lace ##s flew from new york ##er to london un ##believ ##able ##ably micro ##soft ##ware ware companies
embed ##ding ##ded ##ada ##york don ' t fly - s ##new cafe""".split()
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def make_tokenizer():
    vocab = {piece: i for i, piece in enumerate(SPECIALS + PIECES)}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )


def make_model(vocab_size):
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=vocab_size,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
    )
    model = BertForTokenClassification(config).eval()
    with torch.no_grad():
        model.bert.embeddings.word_embeddings.weight.mul_(40)
        model.classifier.weight.mul_(60)
    return model


tokenizer = make_tokenizer()
model = make_model(len(tokenizer))
tag = pipeline("token-classification", model=model, tokenizer=tokenizer, device=-1)


def found(text, strategy):
    key = "entity" if strategy == "none" else "entity_group"
    return [
        {"type": entity[key], "start": entity["start"], "end": entity["end"], "score": float(entity["score"])}
        for entity in tag(text, aggregation_strategy=strategy)
    ]


def places_of(encoding, words):
    """The word of each piece, and its half-open place in the text."""
    begins = [sum(len(word) + 1 for word in words[:i]) for i in range(len(words))]
    return [
        [word, begins[word] + start, begins[word] + end]
        for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True)
        if word is not None
    ]


def guessed_words(encoding, text_words):
    """How many words the pipeline's guess has: pieces that are not ## or that are unknown begin one."""
    return sum(1 for token in encoding.tokens[1:-1] if not token.startswith("##"))


cases = []
for text in WORDS:
    words = text.split(" ")
    inputs = tokenizer(words, is_split_into_words=True, return_tensors="pt")
    encoding = inputs.encodings[0]
    assert encoding.ids == tokenizer(text)["input_ids"], text
    with torch.no_grad():
        logits = model(**inputs).logits[0, 1:-1]
    places = places_of(encoding, words)
    cases.append(
        {
            "text": text,
            "pieces": places,
            "scores": logits.tolist(),
            "same": guessed_words(encoding, words) == len({word for word, _, _ in places}),
            "found": {strategy: found(text, strategy) for strategy in STRATEGIES},
        }
    )

golden = {
    "made by": f"torch {torch.__version__}, transformers {transformers.__version__}",
    "labels": LABELS,
    "cases": cases,
}
path = Path(__file__).parents[1] / "aggregation.json"
path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
