import { parseArgs } from 'node:util';
import { shownPath } from './bench-inputs.ts';
import { groups, isGroupName, type FirehoseWish, type GroupName } from './groups.ts';
import type { PeerWish } from './peers.ts';

export const USAGE = `usage: npm run bench -- [${Object.keys(groups).join('|')} ...] [--model DIR] [--json] [--out FILE]
       npm run bench -- stream [--seconds N] [--rate N] [--model DIR] [--profile DIR] [--json] [--out FILE]
       npm run bench -- train --peers [--quality] [--json] [--out FILE]
       npm run bench -- tag --peers [--model DIR] [--int8 DIR] [--json] [--out FILE]`;

/** What is to be measured. */
export interface Wish {
  readonly names: readonly GroupName[];
  /** Ours against others', instead of the groups of Tagwright alone. */
  readonly peers: PeerWish | undefined;
  readonly firehose: FirehoseWish;
  /** A bundle to measure instead of one trained on the sample. */
  readonly model: string | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

/** The wish, or undefined when the arguments make no sense. */
export function readWish(args: readonly string[]): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const named = positionals.filter(isGroupName);
    if (named.length < positionals.length) return undefined;
    const { json, out, model, int8, quality, profile } = values;
    const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
    if (!(seconds >= 1 && rate >= 0)) return undefined;
    const names = named.length === 0 ? Object.keys(groups).filter(isGroupName) : named;
    const common = { names, firehose: { seconds, rate, profile }, model, json, out };
    if (!values.peers) return quality || int8 !== undefined ? undefined : { ...common, peers: undefined };
    const peers = peersOf(named, { quality, model, int8 });
    return peers === undefined ? undefined : { ...common, peers };
  } catch {
    return undefined;
  }
}

/** The wish as a command. */
export function commandOf({ names, peers, model, firehose: { seconds, rate } }: Wish): string {
  const flags = peers === undefined ? [] : ['--peers', ...(peers.kind === 'quality' ? ['--quality'] : [])];
  if (names.join() === 'stream') flags.push(`--seconds ${seconds}`, `--rate ${rate}`);
  if (model !== undefined) flags.push(`--model ${shownPath(model)}`);
  if (peers?.kind === 'tagging' && peers.int8 !== undefined) flags.push(`--int8 ${shownPath(peers.int8)}`);
  return ['npm run bench --', ...names, ...flags].join(' ');
}

const FLAG = { type: 'boolean', default: false } as const;
const TEXT = { type: 'string' } as const;
const OPTIONS = {
  json: FLAG,
  peers: FLAG,
  quality: FLAG,
  out: TEXT,
  model: TEXT,
  int8: TEXT,
  profile: TEXT,
  seconds: { ...TEXT, default: '10' },
  rate: { ...TEXT, default: '6500' },
} as const;

interface PeerFlags {
  readonly quality: boolean;
  readonly model: string | undefined;
  readonly int8: string | undefined;
}

/** Only training and tagging have peers, and only tagging takes bundles. */
function peersOf(names: readonly GroupName[], { quality, model, int8 }: PeerFlags): PeerWish | undefined {
  switch (names.join()) {
    case 'train':
      if (model !== undefined || int8 !== undefined) return undefined;
      return { kind: quality ? 'quality' : 'speed' };
    case 'tag':
      return quality ? undefined : { kind: 'tagging', model, int8 };
    default:
      return undefined;
  }
}
