/**
 * Tries on a real account what no emulator shows: `npm run test:aws [-- --keep]`. Deploys the dev stage under a name of its
 * own, uploads a corpus, waits until the model that was trained on it serves, has tweets tagged by it, and removes
 * everything again, data included. Takes about an hour and a few dollars. Never run by CI.
 */
import '../../shared/env.ts';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { cdk, deployed, type Deployed } from './deployed-stage.ts';
import { emptyBucket } from './empty-bucket.ts';
import { modelServes, tweetsAreTagged, upload } from './loop.ts';
import { whyNoAccount } from './account.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const reason = await whyNoAccount();
if (reason !== undefined) {
  console.error(`test:aws: nothing was tested, there is no account to test on: ${reason}`);
  process.exit(2);
}
await main(`t${randomBytes(4).toString('hex')}`);

async function main(name: string): Promise<void> {
  console.error(`test:aws: deploying the stage ${name}; if this process is ended: npx cdk destroy --all -c as=${name}`);
  let stage: Deployed | undefined;
  try {
    stage = await deployed(name);
    upload(stage);
    const model = await modelServes(stage);
    await tweetsAreTagged(stage, model);
    console.error(`test:aws: passed: uploaded, trained, promoted ${model}, tagged`);
  } catch (error) {
    console.error('test:aws: failed:', error);
    process.exitCode = 1;
  } finally {
    if (!values.keep) await remove(name, stage);
  }
}

async function remove(name: string, stage: Deployed | undefined): Promise<void> {
  // A bucket with objects in it is not deleted, whatever the policy says.
  if (stage !== undefined) for (const bucket of stage.buckets) await emptyBucket(bucket);
  cdk('destroy', name, '--force');
}
