import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addStage, type StageStacks } from '../../../infra/app.ts';
import { FUNCTION_NAMES, type StageConfig } from '../../../infra/stages.ts';
import { tempFolder } from '../temp-folder.ts';

export type Part = keyof StageStacks;
export const PARTS = ['data', 'training', 'serving', 'watch'] as const satisfies readonly Part[];

export interface SynthesizedStage {
  readonly app: App;
  readonly stacks: StageStacks;
  readonly templates: Readonly<Record<Part, Template>>;
}

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

/** The stacks of a stage with the feature flags of cdk.json, over bundles and an image that have nothing in them. */
export function synthesize(stage: StageConfig, { removeDataOnDestroy = false } = {}): SynthesizedStage {
  const folder = tempFolder();
  const bundles = join(folder, 'functions');
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  mkdirSync(join(folder, 'trainer'));
  writeFileSync(join(folder, 'trainer', 'Dockerfile'), 'FROM scratch\n');
  const app = new App({ outdir: join(folder, 'cdk.out'), context });
  const stacks = addStage(app, {
    stage,
    assets: { bundles, trainer: { directory: join(folder, 'trainer'), file: 'Dockerfile' } },
    removeDataOnDestroy,
  });
  const templates = Object.fromEntries(PARTS.map((part) => [part, Template.fromStack(stacks[part])]));
  return { app, stacks, templates: templates as Record<Part, Template> };
}
