import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const root = join(import.meta.dirname, '..', '..');

/** What the loop needs of a stage that is deployed. */
export interface Deployed {
  readonly name: string;
  readonly bucket: string;
  readonly ingestQueueUrl: string;
  /** All buckets of the stage. */
  readonly buckets: readonly string[];
}

const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** `cdk VERB` for all stacks of a dev stage of that name, which may be removed with its data. */
export function cdk(verb: string, name: string, ...args: readonly string[]): void {
  const context = ['-c', 'stage=dev', '-c', `as=${name}`, '-c', 'removeDataOnDestroy=true'];
  const program = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const { status } = spawnSync(process.execPath, [program, verb, '--all', ...context, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`cdk ${verb}: failed, exit code ${String(status)}. What it said stands above.`);
}

/** Deploys a stage and reads what its stacks say. */
export async function deployed(name: string): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'tagwright-aws-'));
  try {
    const file = join(folder, 'outputs.json');
    cdk('deploy', name, '--require-approval', 'never', '--outputs-file', file);
    const outputs = outputsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const output = (part: string, prefix: string): string => {
      const found = Object.entries(outputs[`Tagwright-${name}-${part}`] ?? {}).find(([key]) => key.startsWith(prefix));
      if (found === undefined) throw new Error(`outputs: ${part} has none that begins with ${prefix}`);
      return found[1];
    };
    const bucket = output('Data', 'BucketName');
    return {
      name,
      bucket,
      buckets: [bucket, output('Data', 'AccessLogsBucketName')],
      ingestQueueUrl: output('Serving', 'IngestQueueUrl'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
