import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { addStage, type StageStacks } from '../../../infra/app.ts';
import { FUNCTION_NAMES, type StageConfig } from '../../../infra/stages.ts';

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

const folder = mkdtempSync(join(tmpdir(), 'tagwright-infra-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A synthesis takes a second, and nothing changes it: each is made once a test file. */
const synthesized = new Map<string, SynthesizedStage>();

/** The stacks of a stage with the feature flags of cdk.json, over bundles and an image that have nothing in them. */
export function synthesize(stage: StageConfig, { removeDataOnDestroy = false } = {}): SynthesizedStage {
  const key = JSON.stringify([stage, removeDataOnDestroy]);
  const known = synthesized.get(key);
  if (known !== undefined) return known;
  const app = new App({ outdir: join(folder, `cdk.out-${synthesized.size}`), context });
  const assets = { bundles: emptyBundles(), trainer: { directory: emptyImage(), file: 'Dockerfile' } };
  const stacks = addStage(app, { stage, assets, removeDataOnDestroy });
  const templates = Object.fromEntries(PARTS.map((part) => [part, Template.fromStack(stacks[part])]));
  const made = { app, stacks, templates: templates as Record<Part, Template> };
  synthesized.set(key, made);
  return made;
}

function emptyBundles(): string {
  const bundles = join(folder, 'functions');
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return bundles;
}

function emptyImage(): string {
  const image = join(folder, 'trainer');
  mkdirSync(image, { recursive: true });
  writeFileSync(join(image, 'Dockerfile'), 'FROM scratch\n');
  return image;
}
