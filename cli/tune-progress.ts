import { MultiBar, type SingleBar } from 'cli-progress';
import { showValue } from '../training/tune/trial-table.ts';
import type { FinishedRound, Round } from '../training/tune/trial.ts';
import { preparedLines } from './prepared-lines.ts';
import type { TuningEvent } from '../training/job/tuning-job.ts';

/** Shows a search on stderr: a line a round, and a bar of the round where there is a terminal. */
export interface TuneProgress {
  show(event: TuningEvent): void;
  /** Clears the bar; to be called however the search ends. */
  stop(): void;
}

export function createTuneProgress(out: NodeJS.WriteStream): TuneProgress {
  const bars = out.isTTY ? createBars(out) : undefined;
  let bar: SingleBar | undefined;
  let rounds = 0;
  const say = (line: string): void => {
    if (bar === undefined) out.write(`${line}\n`);
    else bars!.log(`${line}\n`);
  };
  const stop = (): void => {
    if (bar === undefined) return;
    bar = undefined;
    // Lines above the bar wait for its next drawing.
    bars!.update();
    bars!.stop();
  };
  return {
    show(event) {
      switch (event.type) {
        case 'prepared':
          for (const line of preparedLines(event)) say(line);
          break;
        case 'corpus':
          say(
            `corpus   ${event.train} train, ${event.dev} dev sentences${event.test > 0 ? '; test is put aside' : ''}`,
          );
          break;
        case 'repaired':
          say(`repaired ${event.message}`);
          break;
        case 'start':
          rounds = event.rounds;
          say(`search   ${event.rounds} rounds, ${event.epochs} epochs in all`);
          if (event.finishedRounds > 0) say(`resumed  after round ${event.finishedRounds}`);
          bar = bars?.create(event.rounds, event.finishedRounds, { round: '' });
          break;
        case 'round':
          bar?.update({ round: `| trial ${event.round.trial.id} ` });
          break;
        case 'step':
          bar?.update({ round: `| trial ${event.round.trial.id} epoch ${event.epoch} step ${event.step} ` });
          break;
        case 'epoch':
          break;
        case 'finished':
          bar?.update(event.round.number);
          say(roundLine(event.round, rounds, event.best));
          break;
        case 'end':
          stop();
          if (event.reason === 'exhausted')
            say('the space has hardly any settings that were not tried: the search ends early');
          break;
        case 'found':
          say(`found    ${event.dir}: tune.html, trials.csv, trials.md, and best.json for tagwright train --config`);
          break;
      }
    },
    stop,
  };
}

function roundLine(round: FinishedRound, rounds: number, best: boolean): string {
  const { number, score, failure } = round;
  const figure =
    score === null ? `failed: ${failure!}` : `dev F1 ${(100 * score).toFixed(1)}${best ? '  best so far' : ''}`;
  return `round ${String(number).padStart(String(rounds).length)}/${rounds}  ${roundName(round)}  ${figure}`;
}

function roundName({ trial, fromEpoch, toEpoch }: Round): string {
  const values = Object.entries(trial.values).map(([path, value]) => `${path}=${showValue(value)}`);
  return `trial ${trial.id}, epochs ${fromEpoch + 1} to ${toEpoch}: ${values.join(' ')}`;
}

function createBars(out: NodeJS.WriteStream): MultiBar {
  return new MultiBar({
    stream: out,
    format: 'search {bar} round {value}/{total} {round}| {eta_formatted} left',
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
  });
}
