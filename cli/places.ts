import { defineCommand } from 'citty';
import { basename, join, resolve } from 'node:path';
import { PLACE_TYPES } from '../shared/places/place-phrases.ts';
import type { LoadedModel } from '../shared/model/load-model.ts';
import { NerError } from '../shared/ner-error.ts';
import { abortOnInterrupt } from './interruption.ts';
import { openModel } from './open-model.ts';
import { measureChain } from './place-figures.ts';
import { locateParts, placeParts, type PlacePart } from './place-parts.ts';
import { openTextInput } from './text-input.ts';
import { openTextOutput, print, type TextOutput } from './text-output.ts';

/** Places as other corpora call them, for models that were not trained on the geoparser's. */
const KNOWN_TYPES = [...PLACE_TYPES, 'geo-loc', 'location', 'LOC', 'GPE', 'ORG', 'facility'];

export const places = defineCommand({
  meta: {
    name: 'places',
    description: 'Find places in texts, say which are targets, look up where they are, and put them on a map',
  },
  args: {
    model: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Bundle that finds places; required but with --corpus, where the tags of the file stand in for it',
    },
    target: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Bundle that tells targets from incidental places, as recipe geoparser-target trains it',
    },
    types: {
      type: 'string',
      valueHint: 'A,B',
      description: `Types of --model that are places; by default those it has of ${KNOWN_TYPES.join(', ')}`,
    },
    gazetteer: {
      type: 'string',
      valueHint: 'FILE',
      description:
        'Dump of GeoNames, such as cities500.txt, to look places up in; the output then waits for all of the input',
    },
    input: { type: 'string', valueHint: 'FILE', description: 'File of texts; by default standard input' },
    output: {
      type: 'string',
      valueHint: 'FILE',
      description: 'File to write, whole or not at all; by default standard output',
    },
    report: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Folder to write places.html, with a map, and places.json to',
    },
    corpus: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Step-4 CSV file to measure --target on, alone or after --model, instead of tagging',
    },
    json: { type: 'boolean', description: 'With --corpus: print the figures as JSON; by default as text' },
  },
  run: async ({ args }) => {
    checkFlags(args);
    const { signal } = abortOnInterrupt();
    const opened: LoadedModel[] = [];
    const open = async (dir: string | undefined): Promise<LoadedModel | undefined> => {
      if (dir === undefined) return undefined;
      const model = await openModel(dir);
      opened.push(model);
      return model;
    };
    try {
      const first = await open(args.model);
      const target = await open(args.target);
      const types = first === undefined ? new Set<string>(PLACE_TYPES) : placeTypes(first, args.types);
      if (args.corpus !== undefined) {
        const text = await measureChain(args.corpus, { first, types, target: target!, json: args.json === true });
        await print(text);
        return 0;
      }
      return await tagPlaces({ first: first!, types, target }, args, signal);
    } finally {
      for (const model of opened) await model.release();
    }
  },
});

interface PlacesArguments {
  readonly model?: string | undefined;
  readonly target?: string | undefined;
  readonly gazetteer?: string | undefined;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly report?: string | undefined;
  readonly corpus?: string | undefined;
  readonly json?: boolean | undefined;
}

/** @throws {E_USAGE} flags that do not go together */
function checkFlags(args: PlacesArguments): void {
  const refuse = (what: string): never => {
    throw new NerError('E_USAGE', `tagwright places: ${what}`);
  };
  if (args.corpus === undefined) {
    if (args.model === undefined) refuse('no tagger that finds places; expected --model DIR.');
    if (args.json === true) refuse('--json belongs to --corpus; expected --corpus FILE with it.');
    return;
  }
  if (args.target === undefined) refuse('--corpus measures a tagger of targets; expected --target DIR with it.');
  const stray = (['gazetteer', 'input', 'output', 'report'] as const).find((flag) => args[flag] !== undefined);
  if (stray !== undefined) refuse(`--${stray} is for tagging, got it with --corpus; expected one of the two.`);
}

/** @throws {E_USAGE} types that the model does not have */
function placeTypes({ manifest }: LoadedModel, asked: string | undefined): ReadonlySet<string> {
  const known = new Set(manifest.labels.filter((label) => label !== 'O').map((label) => label.slice(2)));
  const types = asked === undefined ? KNOWN_TYPES.filter((type) => known.has(type)) : asked.split(',');
  const unknown = types.find((type) => !known.has(type));
  if (unknown === undefined && types.length > 0) return new Set(types);
  throw new NerError(
    'E_USAGE',
    `tagwright places: --types: ${unknown === undefined ? 'the model has no type that is known to be a place' : `the model has no such type, got '${unknown}'`}; expected some of ${[...known].join(', ')}. Name its places with --types.`,
  );
}

interface Taggers {
  readonly first: LoadedModel;
  readonly types: ReadonlySet<string>;
  readonly target: LoadedModel | undefined;
}

async function tagPlaces(taggers: Taggers, args: PlacesArguments, signal: AbortSignal): Promise<number> {
  const input = await openTextInput(args.input, signal);
  try {
    const output = await openTextOutput(args.output);
    if (args.input === undefined && process.stdin.isTTY) say('reading from the terminal; Ctrl-D ends the input');
    output.readerGone.addEventListener('abort', () => {
      input.close();
    });
    const found = placeParts(input, { ...taggers, clock: () => new Date() });
    const parts = args.gazetteer === undefined ? found : locateParts(found, args.gazetteer);
    return await writeParts(parts, output, { args, taggers, signal });
  } finally {
    input.close();
  }
}

interface Run {
  readonly args: PlacesArguments;
  readonly taggers: Taggers;
  readonly signal: AbortSignal;
}

/** The exit code: 0, or 1 when lines were left out or the run was interrupted. */
async function writeParts(
  parts: AsyncIterable<PlacePart>,
  output: TextOutput,
  { args, taggers, signal }: Run,
): Promise<number> {
  // Loaded here: whoever wants no report need not wait for the library that draws the map.
  const counter =
    args.report === undefined ? undefined : (await import('../training/report/places-data.ts')).createPlacesCounter();
  const sum = { texts: 0, places: 0, located: 0, unmet: 0, rejected: 0 };
  try {
    for await (const { texts, unmet, rejected } of parts) {
      if (signal.aborted || output.readerGone.aborted) break;
      for (const { code, reason } of rejected) say(`${code}: ${reason}`);
      await output.write(texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
      for (const text of texts) counter?.add(text);
      const places = texts.flatMap((text) => text.places);
      sum.texts += texts.length;
      sum.places += places.length;
      sum.located += places.filter(({ location }) => location !== null).length;
      sum.unmet += unmet;
      sum.rejected += rejected.length;
    }
    if (!signal.aborted) await output.finish();
  } finally {
    await output.discard();
  }
  if (signal.aborted) {
    say(`interrupted by ${String(signal.reason)} after ${sum.texts} texts`);
    return 1;
  }
  if (!output.readerGone.aborted) for (const line of closingLines(sum, args)) say(line);
  if (counter !== undefined && args.report !== undefined) {
    const { writePlaces } = await import('../training/report/write-places.ts');
    await writePlaces(
      args.report,
      counter.data({
        model: taggers.first.manifest.id,
        targetModel: taggers.target?.manifest.id ?? null,
        gazetteer: args.gazetteer === undefined ? null : basename(args.gazetteer),
      }),
    );
    say(`report: ${join(resolve(args.report), 'places.html')}`);
  }
  return sum.rejected > 0 ? 1 : 0;
}

function closingLines(
  sum: { texts: number; places: number; located: number; unmet: number; rejected: number },
  { gazetteer, target }: PlacesArguments,
): readonly string[] {
  const located = gazetteer === undefined ? '' : `, ${sum.located} of them located`;
  const bad = sum.rejected === 0 ? '' : `; ${sum.rejected} lines were left out, each is named above`;
  const lines = [`found ${sum.places} places in ${sum.texts} texts${located}${bad}`];
  if (target !== undefined && sum.unmet > 0) {
    lines.push(`${sum.unmet} spans of --target met no place of --model, and were dropped`);
  }
  return lines;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
