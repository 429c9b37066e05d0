import type { AnnotationFormat } from './annotation-format.ts';
import { conllTexts } from './conll-texts.ts';
import { labelStudio } from './label-studio.ts';
import { prodigy } from './prodigy.ts';
import { spacyJson } from './spacy-json.ts';
import { taggedRecords } from './tagged-records.ts';

export const ANNOTATION_FORMATS = ['conll', 'label-studio', 'prodigy', 'spacy', 'tagged'] as const;
export type AnnotationFormatName = (typeof ANNOTATION_FORMATS)[number];

/** Formats that annotated texts are exchanged in, by the name that `tagwright convert` takes. */
export const annotationFormats = {
  conll: conllTexts,
  'label-studio': labelStudio,
  prodigy,
  spacy: spacyJson,
  tagged: taggedRecords,
} satisfies Record<AnnotationFormatName, AnnotationFormat>;
