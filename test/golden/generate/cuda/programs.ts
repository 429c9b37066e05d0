// Writes training programs as they are given to onnxruntime, for placements.py to place beside its small graphs:
//
//   node test/golden/generate/cuda/programs.ts test/golden/cuda-placements
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optimize, toOnnx } from '../../../../training/engine/index.ts';
import { encoderProgram, wordTaggerProgram } from '../../../support/emitted-graphs.ts';

const programs = {
  'program-mpnet-crf': encoderProgram('mpnet', { loss: 'crf' }),
  'program-roberta-bfloat16': encoderProgram('roberta', { loss: 'cross-entropy', precision: 'bf16' }),
  'program-word-tagger': wordTaggerProgram(),
};

const [folder = '.'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, graph] of Object.entries(programs)) {
  writeFileSync(join(folder, `${name}.onnx`), toOnnx(optimize(graph)));
}
