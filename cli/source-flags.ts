import { resolve } from 'node:path';
import { createJetstreamSource } from '../functions/sources/jetstream/jetstream-source.ts';
import { withLanguages } from '../functions/sources/languages.ts';
import type { Source, SourceDeps } from '../functions/sources/source.ts';
import { X_TOKEN_VARIABLE, xAccess } from '../functions/sources/x/x-access.ts';
import { createXSource } from '../functions/sources/x/x-source.ts';
import { readEnv } from '../shared/env.ts';
import { NerError } from '../shared/ner-error.ts';
import { createStdinSource } from './stdin-source.ts';

/** Flags of the verbs that follow a source. */
export const sourceFlags = {
  source: {
    type: 'string',
    valueHint: 'jetstream|x|-|FILE',
    description:
      'Where tweets come from: Bluesky, the filtered stream of X, standard input or a file, NDJSON or one text a line',
  },
  endpoint: {
    type: 'string',
    valueHint: 'URL[,URL]',
    description: 'Server of the source instead of the public one; of jetstream several, which stand in for each other',
  },
  lang: {
    type: 'string',
    valueHint: 'CODE[,CODE]',
    description: 'Take only tweets of these languages from jetstream or x, such as en; by default all',
  },
  backfill: {
    type: 'boolean',
    description: 'Ask x for what was missed, up to 5 minutes; only some access levels may',
  },
} as const;

export interface SourceArguments {
  readonly source?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly lang?: string | undefined;
  readonly backfill?: boolean | undefined;
}

/** A file is read from where it was left; a source is followed. */
export type ChosenSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'stream'; readonly source: Source };

export interface SourceTools extends SourceDeps {
  readonly log: (line: string) => void;
}

/** @throws {NerError} E_USAGE for flags that do not fit; E_SOURCE_DENIED when x has no token */
export function chooseSource(args: SourceArguments, tools: SourceTools): ChosenSource | undefined {
  const { source, endpoint, lang, backfill = false } = args;
  const network = source === 'jetstream' || source === 'x';
  const wrong = [
    !network && endpoint !== undefined ? '--endpoint' : undefined,
    !network && lang !== undefined ? '--lang' : undefined,
    source !== 'x' && backfill ? '--backfill' : undefined,
  ].find((flag) => flag !== undefined);
  if (wrong !== undefined) {
    const expected = wrong === '--backfill' ? '--source x' : '--source jetstream or x';
    throw new NerError('E_USAGE', `${wrong}: got --source ${source ?? 'left out'}; expected ${expected}.`);
  }
  const languages = lang === undefined ? [] : listOf('lang', lang);
  const chosen = (stream: Source): ChosenSource => ({
    kind: 'stream',
    source: languages.length === 0 ? stream : withLanguages(stream, languages),
  });
  switch (source) {
    case undefined:
      return undefined;
    case 'x':
      return chosen(createXSource(xAccess(readEnv(X_TOKEN_VARIABLE), endpoint), tools, { backfill }));
    case 'jetstream': {
      const onGap = (line: string): void => {
        tools.log(`source jetstream: ${line}`);
      };
      const endpoints = endpoint === undefined ? {} : { endpoints: listOf('endpoint', endpoint) };
      return chosen(createJetstreamSource(tools, { ...endpoints, onGap }));
    }
    case '-':
      return chosen(createStdinSource(tools.clock));
    default:
      return { kind: 'file', path: resolve(source) };
  }
}

function listOf(flag: string, value: string): readonly string[] {
  const items = value.split(',').map((item) => item.trim());
  if (!items.includes('')) return items;
  throw new NerError('E_USAGE', `--${flag}: an entry is empty, got '${value}'; expected entries between commas.`);
}
