import { PREFIXES } from '../shared/contracts/layout.ts';
import type { FunctionName } from './stages.ts';

export type Prefix = keyof typeof PREFIXES;

/** What one role may do with objects, by prefix. Nobody may change what a bucket is, or read a version that was overwritten. */
export interface ObjectAccess {
  readonly read: readonly Prefix[];
  readonly write: readonly Prefix[];
  /** In a versioned bucket a delete is a mark that can be taken off. */
  readonly remove?: readonly Prefix[];
  /** Single objects to write besides. */
  readonly writeKeys?: readonly string[];
}

/** `trainer` is the training job, `uploader` and `operator` are people. */
export type RoleName = FunctionName | 'trainer' | 'uploader' | 'operator';

/**
 * Who may do what in the lake. The promises that this table keeps: who uploads can neither change the test set nor write a
 * model; a training job can write neither model nor pointer; and only `promote` and an operator can move the pointer.
 */
export const OBJECT_ACCESS: Readonly<Record<RoleName, ObjectAccess>> = {
  tagger: { read: ['models', 'signatures', 'tagged'], write: ['tagged', 'quarantine'] },
  trends: { read: ['tagged', 'trends'], write: ['trends'] },
  // The first upload's test split becomes the frozen one.
  retrain: { read: ['datasets', 'frozen', 'encoders'], write: ['frozen'] },
  trainer: { read: ['datasets', 'frozen', 'encoders', 'jobs'], write: ['jobs'] },
  promote: {
    read: ['datasets', 'frozen', 'jobs', 'models', 'signatures', 'evaluations', 'decisions'],
    write: ['models', 'signatures', 'evaluations', 'decisions'],
    // What a crash left of a half-published model.
    remove: ['models'],
  },
  api: {
    read: ['models', 'signatures', 'trends', 'decisions'],
    write: ['quarantine'],
    // `POST /v1/merges`: spellings that somebody brings together or takes apart.
    writeKeys: [`${PREFIXES.trends}trends.sqlite`],
  },
  backfill: { read: ['models', 'signatures', 'backfill'], write: ['backfill', 'quarantine'] },
  uploader: { read: ['datasets'], write: ['datasets'] },
  operator: {
    read: Object.keys(PREFIXES) as Prefix[],
    write: ['frozen', 'encoders', 'evaluations', 'decisions', 'backfill', 'tagged'],
    // Old partitions, after a backfill was swapped in.
    remove: ['tagged', 'backfill'],
    writeKeys: [`${PREFIXES.models}current.json`],
  },
};
