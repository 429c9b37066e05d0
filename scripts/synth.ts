// Entry of the CDK app: bundles the functions for the stage's architecture, then writes the templates. `npx cdk` runs it
// (cdk.json). Context: `-c stage=NAME` (dev), `-c as=NAME` for another stage with the same settings, `-c
// removeDataOnDestroy=true`; `-c bundles=DIR` for functions that are bundled
// already, `-c trainer=DIR` for another image of the trainer.
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addChecks, addStage } from '../infra/app.ts';
import { stageConfig } from '../infra/stages.ts';
import { bundleFunctions } from './function-bundles/bundle-functions.ts';
import { trainerImage } from './trainer-image.ts';

const root = join(import.meta.dirname, '..');
const app = new App();
const context = (name: string): unknown => app.node.tryGetContext(name);
const text = (name: string): string | undefined => {
  const value = context(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const named = text('stage') ?? 'dev';
const known = stageConfig(named);
const name = text('as') ?? named;
const stage = stageConfig(name, { [name]: { ...known, name } });
const bundles = text('bundles') ?? join(root, '.build', 'functions');
if (text('bundles') === undefined) {
  await bundleFunctions({ architecture: stage.architecture === 'arm64' ? 'arm64' : 'x64', outDir: bundles });
}
// From the command line every value is text.
const trainer = text('trainer');
const image = trainer === undefined ? trainerImage(root) : { directory: trainer, file: 'Dockerfile' };
const removeDataOnDestroy = [true, 'true'].includes(context('removeDataOnDestroy') as string);
addStage(app, { stage, assets: { bundles, trainer: image }, removeDataOnDestroy });
addChecks(app);
app.synth();
