import type { Decision } from '../../shared/contracts/promotion.ts';
import { NerError } from '../../shared/ner-error.ts';
import { challenge } from './challenge.ts';
import { decisionEvents } from './decision-event.ts';
import { createDecisions, type StoredDecision } from './decisions.ts';
import { createEvaluations } from './evaluations.ts';
import { readFrozenTests } from './frozen-tests.ts';
import type { PromoteOptions } from './handler.ts';

/** The word of a person on a model that has passed the gate. Both tell what was decided on the bus. */
export interface Approver {
  /**
   * Makes the job's model current. If another model became current since the gate looked, the two are compared first, and
   * the decision may be a refusal. Saying yes again changes nothing.
   *
   * @throws {E_NOT_AWAITING} there is nothing to say yes to
   */
  approve(job: string): Promise<Decision>;
  /** @throws {E_NOT_AWAITING} there is nothing to say no to */
  reject(job: string): Promise<Decision>;
}

export type ApproverOptions = Omit<PromoteOptions, 'gate' | 'approval' | 'registry'> & {
  readonly registry: Pick<PromoteOptions['registry'], 'current' | 'load' | 'promote'>;
};

export function createApprover(options: ApproverOptions): Approver {
  const { store, registry, bus, clock, load } = options;
  const decisions = createDecisions(store);
  /** Settles a decision that awaits a word; one that has `settled` it already is told again. */
  const settle = async (
    job: string,
    settled: Decision['verdict'],
    decide: (awaiting: Decision) => Promise<Partial<Decision>>,
  ): Promise<Decision> => {
    const before = await decisions.read(job);
    if (before === undefined || !['awaiting approval', settled].includes(before.decision.verdict)) {
      throw notAwaiting(job, before);
    }
    let { decision } = before;
    if (decision.verdict === 'awaiting approval') {
      const decided = { ...decision, ...(await decide(decision)), decidedAt: clock().toISOString() };
      decision = await decisions.replace(before, decided);
    }
    await bus.publish(decisionEvents(decision));
    return decision;
  };
  return {
    approve: (job) =>
      settle(job, 'promoted', async ({ modelId, dataset, champion, gate, reason }) => {
        const tests = await readFrozenTests(store, dataset.name);
        // Only a candidate that was measured awaits a word, and its decision says by which gate.
        if (modelId === undefined || gate === undefined || tests === undefined) throw notMeasurable(job, dataset.name);
        const evaluations = createEvaluations({ store, registry, load });
        const outcome = await challenge(
          { modelId, tests, approvedOver: champion },
          { registry, evaluations, gate, promotes: true },
        );
        return { ...outcome, reason: `approved; ${outcome.champion === champion ? reason : outcome.reason}` };
      }),
    reject: (job) =>
      settle(job, 'refused', async ({ reason }) => ({ verdict: 'refused', reason: `rejected; ${reason}` })),
  };
}

function notAwaiting(job: string, found: StoredDecision | undefined): NerError {
  const got = found === undefined ? 'no decision' : `'${found.decision.verdict}'`;
  return new NerError(
    'E_NOT_AWAITING',
    `models: no model of job ${job} awaits an approval, got ${got}; expected one that does. ` +
      '`tagwright models` lists them; `tagwright models promote ID` makes any model current.',
  );
}

function notMeasurable(job: string, dataset: string): NerError {
  return new NerError(
    'E_NOT_AWAITING',
    `models: the model of job ${job} cannot be measured any more, got no frozen test set of ${dataset}; ` +
      'expected the one that it was measured on. `tagwright models promote ID` makes it current as it is.',
  );
}
