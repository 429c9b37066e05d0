import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Pointer } from '../shared/contracts/manifest.ts';
import type { ModelPlace } from './open-registry.ts';

/** Makes a model current. Gives whether what was asked for is so now, as all of these do. */
export async function promoteModel({ registry, bus }: ModelPlace, id: string): Promise<boolean> {
  const before = await registry.current();
  const pointer = await registry.promote(id);
  if (before?.pointer.modelId !== id) await tellPromoted(bus, pointer);
  say(`model ${id} is current`);
  return true;
}

export async function rollBack({ registry, bus }: ModelPlace): Promise<boolean> {
  const pointer = await registry.rollback();
  await tellPromoted(bus, pointer);
  say(`model ${pointer.modelId} is current again, in place of ${pointer.previous ?? 'none'}`);
  return true;
}

/** Says yes or no to a job's model that passed the gate. A yes may end in a refusal, if another model came in between. */
export async function decideOnModel(place: ModelPlace, word: 'approve' | 'reject', job: string): Promise<boolean> {
  const [{ createApprover }, { loadModel }, { bundleInput }] = await Promise.all([
    import('../functions/promote/approval.ts'),
    import('../shared/model/load-model.ts'),
    import('../shared/features/bundle-input.ts'),
  ]);
  const approver = createApprover({
    ...place,
    clock: () => new Date(),
    load: (bundle) => loadModel(bundle, { inputOf: bundleInput, workers: availableParallelism() }),
  });
  const { verdict, modelId, reason } = await approver[word](job);
  say(`model ${modelId ?? ''} is ${verdict === 'promoted' ? 'current' : 'refused'}: ${reason}`);
  return (verdict === 'promoted') === (word === 'approve');
}

async function tellPromoted(bus: ModelPlace['bus'], { modelId, previous, promotedAt }: Pointer): Promise<void> {
  const event = { id: randomUUID(), time: promotedAt, source: 'tagwright', 'detail-type': 'Model Promoted' } as const;
  await bus.publish([{ ...event, detail: { modelId, previous } }]);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
