import { isClose } from '../support/close-to.ts';
import { tolerance } from '../support/tolerance.ts';
import type { Answer } from './answer.ts';

/** One thing that a library and we have to agree on. */
export interface Check {
  readonly what: string;
  /** The first difference; undefined when there is none. */
  readonly difference: string | undefined;
  /** The greatest difference of two numbers. */
  readonly worst: number;
}

interface Found {
  readonly at: string;
  readonly ours: number | string;
  readonly theirs: number | string;
}

function compareAll(what: string, pairs: readonly Found[]): Check {
  let worst = 0;
  let difference: string | undefined;
  for (const { at, ours, theirs } of pairs) {
    const areNumbers = typeof ours === 'number' && typeof theirs === 'number';
    if (areNumbers) worst = Math.max(worst, Math.abs(ours - theirs));
    const agree = areNumbers ? isClose(ours, theirs, tolerance.modelFloat32) : ours === theirs;
    if (!agree) difference ??= `${at} is ${ours}; expected ${theirs}`;
  }
  return { what, difference, worst };
}

/** The numbers of both, place by place, behind their lengths. */
function pairs(at: string, ours: readonly unknown[], theirs: readonly unknown[]): readonly Found[] {
  const lengths = { at: `the length of ${at}`, ours: `${ours.length}`, theirs: `${theirs.length}` };
  const elements = theirs.flatMap((their, i): readonly Found[] => {
    const our = ours[i];
    if (Array.isArray(their)) return pairs(`${at}[${i}]`, Array.isArray(our) ? our : [], their);
    return [{ at: `${at}[${i}]`, ours: our as number | string, theirs: their as number | string }];
  });
  return [lengths, ...elements];
}

/** Label and probability of the likeliest label. */
function likeliest(scores: readonly number[], labels: readonly string[]): readonly [string, number] {
  const best = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - best), 0);
  return [labels[scores.indexOf(best)] ?? '?', 1 / sum];
}

/** Of every token but the special ones. */
function tokenLabels({ ids, specialIds = [], labels = [], logits }: Answer): readonly unknown[] {
  const [sentences] = Object.values(logits);
  return ids.map((tokens, i) =>
    tokens.flatMap((id, t) => (specialIds.includes(id) ? [] : [likeliest(sentences![i]![t]!, labels)])),
  );
}

/** Everything that `theirs` tells, against what we compute. */
export function compareAnswers(ours: Answer, theirs: Answer): readonly Check[] {
  const own = Object.values(ours.logits)[0]!;
  const libraries = Object.keys(theirs.logits);
  const told = `(${libraries.join(', ')})`;
  const checks = [compareAll(`ids ${told}`, pairs('ids', ours.ids, theirs.ids))];
  if (theirs.labels !== undefined)
    checks.push(compareAll(`labels ${told}`, pairs('labels', ours.labels!, theirs.labels)));
  for (const [library, logits] of Object.entries(theirs.logits)) {
    checks.push(compareAll(`logits, ${library}`, pairs('logits', own, logits)));
  }
  if (theirs.entities !== undefined) {
    const found = theirs.entities.map((tokens) => tokens.map(({ entity, score }) => [entity, score]));
    checks.push(compareAll(`pipeline ${told}`, pairs('tokens', tokenLabels(ours), found)));
  }
  return checks;
}
