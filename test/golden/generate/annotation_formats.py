"""Writes test/golden/annotation-formats.json: what spaCy and Label Studio's converter make of texts with emoji.

    python -m venv VENV && VENV/bin/pip install spacy==3.8.18 label-studio-converter==0.0.59
    VENV/bin/python test/golden/generate/annotation_formats.py

spaCy's part: Doc.to_json() of documents whose entities were set by characters. Label Studio's part: the words and BIO tags
that its converter gives for tasks whose offsets are code points.
"""

import json
from importlib.metadata import version
from pathlib import Path

import spacy
from label_studio_converter.utils import create_tokens_and_tags

# Text, and entities as (text of the entity, label).
CASES = [
    ("plain", "Ada Lovelace is in Paris", [("Ada Lovelace", "person"), ("Paris", "place")]),
    ("astral", "\U0001f680 Ada is in \U0001f1eb\U0001f1f7 Paris \U0001f600!", [("Ada", "person"), ("Paris", "place")]),
    ("joined", "\U0001f468‍\U0001f469‍\U0001f467 Grace met \U0001f44b\U0001f3fd Ada", [("Grace", "person"), ("Ada", "person")]),
    ("emoji in the entity", "I love Café \U0001f355 Roma now", [("Café \U0001f355 Roma", "place")]),
    ("combining", "José and Zoë in \U0001d54f Corp", [("José", "person"), ("Zoë", "person"), ("\U0001d54f Corp", "org")]),
    ("white space", "  Ada\n\nLovelace\t in  Paris ", [("Paris", "place")]),
    ("none", "nothing \U0001f636 here", []),
]


def spans(text, entities):
    found, at = [], 0
    for covered, label in entities:
        start = text.index(covered, at)
        at = start + len(covered)
        found.append({"start": start, "end": at, "label": label})
    return found


nlp = spacy.blank("en")


def case(name, text, entities):
    doc = nlp.make_doc(text)
    marked = spans(text, entities)
    doc.ents = [doc.char_span(one["start"], one["end"], label=one["label"]) for one in marked]
    regions = [{**one, "text": text[one["start"] : one["end"]], "labels": [one["label"]]} for one in marked]
    words, tags = create_tokens_and_tags(text, regions)
    return {
        "name": name,
        "doc": doc.to_json(),
        "entities": [[text[one["start"] : one["end"]], one["label"]] for one in marked],
        "labelStudio": {"regions": regions, "words": words, "tags": tags},
    }


target = Path(__file__).parent.parent / "annotation-formats.json"
golden = {
    "spacy": version("spacy"),
    "labelStudioConverter": version("label-studio-converter"),
    "cases": [case(*one) for one in CASES],
}
target.write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
