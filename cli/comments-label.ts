import type { ArgsDef } from 'citty';
import { statSync } from 'node:fs';
import { NerError } from '../shared/ner-error.ts';
import { readComments } from '../training/data/comments-csv.ts';
import { readReview, reviewLine } from '../training/data/review-file.ts';
import { labelComments } from '../training/recipes/label-comments.ts';
import { openTextOutput } from './text-output.ts';

/** Flags of `comments label` besides --comments and --out. */
export const labelFlags = {
  gazetteer: {
    type: 'string',
    valueHint: 'FILE',
    description: 'label: text file of names, TYPE, a tab and the name a line',
  },
  tagger: { type: 'string', valueHint: 'DIR', description: 'label: bundle whose entities are taken' },
  review: {
    type: 'string',
    valueHint: 'FILE',
    description: 'label: review file that you corrected; what you have seen in it stays as it is',
  },
} satisfies ArgsDef;

interface LabelArguments {
  readonly comments?: string | undefined;
  readonly out?: string | undefined;
  readonly gazetteer?: string | undefined;
  readonly tagger?: string | undefined;
  readonly review?: string | undefined;
}

/**
 * `tagwright comments label`: writes a review file, a comment a line, with silver labels.
 *
 * @throws {E_USAGE} no comments, nothing that labels them, or an output that would end what a person wrote
 */
export async function label(given: LabelArguments): Promise<number> {
  const { comments: file, out, gazetteer, tagger } = given;
  if (file === undefined || (gazetteer === undefined && tagger === undefined)) {
    const missing = file === undefined ? '--comments FILE' : '--gazetteer FILE or --tagger DIR';
    throw new NerError(
      'E_USAGE',
      `tagwright comments label: ${missing} is missing; expected --comments FILE, and --gazetteer FILE or --tagger DIR.`,
    );
  }
  const { comments, notices } = readComments(file);
  const texts = new Map(comments.map(({ id, text }) => [id, text]));
  keepCorrections(given, texts);
  const review = given.review === undefined ? undefined : readReview(given.review, texts);
  const { labelled, notices: leftOut } = await labelComments(comments, { gazetteer, tagger }, review);
  for (const notice of [...notices, ...leftOut]) say(`left out ${notice}`);
  const output = await openTextOutput(out);
  try {
    for (const { comment, review: line } of labelled) await output.write(reviewLine(comment.text, line));
    await output.finish();
  } finally {
    await output.discard();
  }
  const spans = labelled.reduce((sum, { review: line }) => sum + line.spans.length, 0);
  const seen = labelled.filter(({ review: line }) => line.isSeen).length;
  say(`labelled ${labelled.length} comments, ${spans} spans; ${seen} comments stay as somebody left them`);
  return 0;
}

/** Writing would end what a person wrote into an earlier file. */
function keepCorrections({ out, review }: LabelArguments, texts: ReadonlyMap<string, string>): void {
  if (out === undefined || review !== undefined || statSync(out, { throwIfNoEntry: false })?.isFile() !== true) return;
  const seen = [...readReview(out, texts).values()].filter(({ isSeen }) => isSeen).length;
  if (seen === 0) return;
  throw new NerError(
    'E_USAGE',
    `tagwright comments label: ${out} has ${seen} comments that somebody corrected, which would be written over; expected --review ${out}, or another --out.`,
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
