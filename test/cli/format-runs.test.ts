import { expect, test } from 'vitest';
import { comparisonText, runTable, runText } from '../../cli/format-runs.ts';
import type { RunRecord } from '../../shared/contracts/run.ts';
import { compareRuns } from '../../shared/runs/compare-runs.ts';
import { splitMetrics, tinyRun } from '../support/run-record.ts';

const a: RunRecord = { format: 'tagwright-run', formatVersion: 1, id: 'aaaaaaaaaaaaaaaa', ...tinyRun };
const b: RunRecord = {
  ...a,
  id: 'bbbbbbbbbbbbbbbb',
  who: null,
  outcome: 'failed',
  error: 'E_TRAINING_DIVERGED: the loss is NaN',
  seed: 2,
  data: { train: { sentences: 2925 } },
  modelId: null,
  metrics: {},
};

test('a list has a line a run', () => {
  expect(runTable([a, b])).toMatchInlineSnapshot(`
    "run               when (UTC)        who  recipe  data    model             dev F1  test F1   took  end
    aaaaaaaaaaaaaaaa  2026-03-01 10:00  ada  un-ner  un-ner  0123456789abcdef    80.0        -  1m30s  done
    bbbbbbbbbbbbbbbb  2026-03-01 10:00  -    un-ner  un-ner  -                      -        -  1m30s  failed
    "
  `);
});

test('a run is shown with all that is known of it', () => {
  expect(runText({ ...a, metrics: { dev: splitMetrics(0.8), test: splitMetrics(0.7) } })).toMatchInlineSnapshot(`
    "run         aaaaaaaaaaaaaaaa, train, done
    when        2026-03-01 10:00 UTC, 1m30s
    who         ada on engine
    recipe      un-ner seed=1
    corpus      /data/un-ner
    seed        1
    best epoch  5
    model       0123456789abcdef
    bundle      /models/un
    run folder  /models/un.run
    versions    tagwright 0.1.0, onnxruntime 1.30.0
    machine     cpu, node v24.0.0

    data   sentences   words  entities  SHA-256
    train      2,925  73,796     2,978  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    dev          732  18,405       814  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

    figures  precision  recall    F1   F1 interval  words right
    dev           80.0    80.0  80.0  70.0 to 90.0         90.0
    test          70.0    70.0  70.0  60.0 to 80.0         90.0

    setting             value
    model.kind          encoder
    train.epochs        6
    train.learningRate  0.0002
    encoder             minilm
    "
  `);
  expect(runText(b)).toContain('error       E_TRAINING_DIVERGED: the loss is NaN\n');
});

test('a comparison shows what differs, and says where figures do not compare', () => {
  const c: RunRecord = { ...a, id: 'cccccccccccccccc', seed: 2, metrics: { dev: splitMetrics(0.75) } };
  expect(comparisonText({ a, b: c }, compareRuns(a, c))).toMatchInlineSnapshot(`
    "            a                 b
    run         aaaaaaaaaaaaaaaa  cccccccccccccccc
    when (UTC)  2026-03-01 10:00  2026-03-01 10:00
    who         ada               ada
    model       0123456789abcdef  0123456789abcdef
    best epoch  5                 5
    took        1m30s             1m30s

    settings that differ  a  b
    seed                  1  2

    data: no difference

    figures                      a             b  b - a
    dev F1                    80.0          75.0   -5.0
    dev F1, interval  70.0 to 90.0  65.0 to 85.0
    dev precision             80.0          75.0   -5.0
    dev recall                80.0          75.0   -5.0
    dev words right           90.0          90.0   +0.0
    "
  `);
  const other: RunRecord = { ...c, data: { ...c.data, dev: { sentences: 700 } } };
  expect(comparisonText({ a, b: other }, compareRuns(a, other))).toContain(
    'dev is not the same data in both: its figures do not compare\n',
  );
  expect(comparisonText({ a: b, b }, compareRuns(b, b))).toMatch(
    /settings: no difference\n\ndata: no difference\n\nfigures: neither run has any\n$/,
  );
});
