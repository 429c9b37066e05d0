/**
 * Checks what only a GPU can show: `npm run test:gpu`. Trajectories of losses and gradients against the CPU, step time,
 * memory, and that nothing is copied between host and device within a run. A table goes to stderr, JSON to stdout. Without
 * a GPU it says that nothing was tested. Exit code 1 when a check fails.
 */
import '../../shared/env.ts';
import { whyNoCuda } from '../../shared/ort/device.ts';
import { describeMachine } from '../bench/machine.ts';
import { startJob } from './start-job.ts';
import { speeds, speedSchema, trajectories, trajectorySchema, type Job, type Trajectory } from './jobs.ts';
import { checkCopies, compareTrajectories, type Check } from './judge.ts';
import { describeGpu, withPeakMemory } from './nvidia-smi.ts';

interface SpeedRow {
  readonly job: Job;
  readonly stepMs: number;
  readonly sentencesPerSecond: number;
  readonly runMs: number;
  readonly createMs: number;
  readonly peakMiB: number | null;
}

function nameOf({ model, mode, sentences, tokens }: Job): string {
  return `${model} ${sentences} x ${tokens} ${mode}`;
}

async function parity(): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let cpu: Trajectory | undefined;
  for (const job of trajectories) {
    const { result, log } = await startJob(job, trajectorySchema);
    if (job.mode === 'cpu') cpu = result;
    else checks.push(...compareTrajectories(job, result, cpu!), checkCopies(nameOf(job), log));
  }
  return checks;
}

async function measure(job: Job): Promise<{ readonly row: SpeedRow; readonly check: Check }> {
  const { result: done, peakMiB } = await withPeakMemory(() => startJob(job, speedSchema));
  const { stepMs, runMs, createMs } = done.result;
  const sentencesPerSecond = (1000 * job.sentences) / stepMs;
  const row = { job, stepMs, sentencesPerSecond, runMs, createMs, peakMiB: peakMiB ?? null };
  return { row, check: checkCopies(nameOf(job), done.log) };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function showCheck({ name, passed, detail }: Check): void {
  say(`${passed ? 'ok  ' : 'FAIL'}  ${name.padEnd(44)} ${detail}`);
}

function showRow({ job, stepMs, sentencesPerSecond, runMs, createMs, peakMiB }: SpeedRow): void {
  const cells = [
    `${stepMs.toFixed(1)} ms a step`,
    `${Math.round(sentencesPerSecond)} sentences/s`,
    `${runMs.toFixed(0)} ms a run beside`,
    `${(createMs / 1000).toFixed(1)} s to start`,
    `${peakMiB ?? '?'} MiB`,
  ];
  say(`      ${nameOf(job).padEnd(44)} ${cells.join(', ')}`);
}

async function main(): Promise<number> {
  const reason = await whyNoCuda();
  if (reason !== undefined) {
    say(`no CUDA GPU here: nothing was tested (${reason})`);
    process.stdout.write(`${JSON.stringify({ tested: false, reason })}\n`);
    return 0;
  }
  const gpu = await describeGpu();
  say(gpu === undefined ? 'a GPU that nvidia-smi does not know' : `${gpu.name}, driver ${gpu.driver}`);
  const checks = [...(await parity())];
  checks.forEach(showCheck);
  const rows: SpeedRow[] = [];
  for (const job of speeds) {
    const { row, check } = await measure(job);
    rows.push(row);
    checks.push(check);
    showRow(row);
    if (!check.passed) showCheck(check);
  }
  const report = { tested: true, machine: describeMachine(), gpu: gpu ?? null, checks, speeds: rows };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return checks.every(({ passed }) => passed) ? 0 : 1;
}

process.exitCode = await main();
