import { describe, expect, test } from 'vitest';
import { bioConstraints } from '../../../shared/decode/constraints.ts';
import { headScores } from '../../../shared/decode/head-scores.ts';
import { forwardBackward, tagProbabilities } from '../../../shared/decode/marginals.ts';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle, type Bundle } from '../../../shared/model/bundle.ts';
import { emit } from '../../../shared/model/emitter.ts';
import { createPredictor } from '../../../shared/model/predictor.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { openTeacher } from '../../../training/distill/teacher.ts';
import { expectClose } from '../../support/close.ts';
import { codeOf } from '../../support/error-code.ts';
import { trainedBundle } from '../../support/trained-bundle.ts';
import { tolerance } from '../../support/tolerance.ts';

const dir = trainedBundle(3);
const sentences = [['Landed', 'in', 'Lisbon', '!!'], [], ['Adele', 'and', 'Taylor', 'Swift', 'at', 'Wembley']];

/** Marginals in log space, by the definition that scores are made with elsewhere. */
async function marginalsOf({ manifest, files }: Bundle, words: readonly string[]): Promise<Float64Array> {
  const session = await createSession(files.get(manifest.graph.file)!);
  const labels = manifest.labels.length;
  let found: Float64Array = new Float64Array(0);
  await emit(
    [words],
    (_, rows) => {
      const chain = { ...rows, ...headScores(manifest.head, labels), labels };
      found = tagProbabilities(forwardBackward({ ...chain, constraints: bioConstraints(manifest.labels) }));
    },
    { run: session.run, input: await bundleInput({ manifest, files }), labels, concurrency: 1, maxRows: 32 },
  );
  await session.release();
  return found;
}

describe('a teacher', () => {
  test('says the marginals of its CRF under the BIO rules, as logarithms that are never infinite', async () => {
    const teacher = await openTeacher(dir(), 1);
    const soft = await teacher.label(sentences);
    await teacher.release();
    const bundle = await openBundle(dir());
    const labels = bundle.manifest.labels.length;
    expect(bundle.manifest.head.kind).toBe('crf');
    expect(soft.map(({ logits }) => logits.length)).toEqual(sentences.map((words) => words.length * labels));
    const { logits } = soft[2]!;
    expect([...logits].every((logit) => logit >= -30)).toBe(true);
    // No sentence begins with I.
    expect(logits[bundle.manifest.labels.findIndex((label) => label.startsWith('I-'))]).toBe(-30);
    const expected = await marginalsOf(bundle, sentences[2]!);
    expectClose(
      [...logits].map(Math.exp),
      [...expected].map((p) => Math.exp(Math.max(Math.log(p), -30))),
      tolerance.halfPrecision,
    );
  });

  test('gives the tags that serving gives', async () => {
    const teacher = await openTeacher(dir(), 1);
    const tags = await teacher.tag(sentences);
    await teacher.release();
    const bundle = await openBundle(dir());
    const session = await createSession(bundle.files.get(bundle.manifest.graph.file)!);
    const { manifest } = bundle;
    const served = createPredictor({ manifest, run: session.run, input: await bundleInput(bundle) });
    expect(tags).toEqual(await served.predictWords(sentences));
    await session.release();
  });

  test('fails where there is none', async () => {
    expect(await codeOf(() => openTeacher('no-model', 1))).toBe('E_BUNDLE_MISSING');
  });
});
