import type { Alarm, HostStatus, TrainingStatus } from '../../../shared/contracts/api.ts';
import type { ConnectionState } from './connection.ts';
import { byId, make, setText } from './element.ts';
import { formatCount, formatRate, formatSeconds } from './numbers.ts';
import { createRetrainingView } from './retraining-view.ts';

const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Reconnecting …',
};

/** Counters, model, training and the state of the connection. */
export interface StatusView {
  showConnection(state: ConnectionState): void;
  showStatus(status: HostStatus): void;
}

/** Wires up everything above the tweets. */
export function createStatusView(): StatusView {
  const connection = byId('connection', HTMLParagraphElement);
  const model = byId('model', HTMLParagraphElement);
  const waitingFor = byId('waiting-for', HTMLParagraphElement);
  const rate = byId('rate', HTMLElement);
  const queue = byId('queue', HTMLElement);
  const tagged = byId('tagged', HTMLElement);
  const failures = byId('failures', HTMLElement);
  const failuresNote = byId('failures-note', HTMLElement);
  const showAlarms = createAlarmView();
  const showTraining = createTrainingView();
  const showRetraining = createRetrainingView();

  return {
    showConnection: (state) => {
      connection.dataset['state'] = state;
      setText(connection, STATE_TEXTS[state]);
    },
    showStatus: (status) => {
      setText(model, status.modelId === null ? 'No model yet' : `Model ${status.modelId}`);
      setText(rate, formatRate(status.tweetsPerSecond));
      setText(queue, formatCount(status.queue.ready + status.queue.inFlight));
      setText(tagged, formatCount(status.tagged));
      setText(failures, formatCount(status.failed + status.rejected));
      failures.dataset['some'] = String(status.failed + status.rejected > 0);
      setText(failuresNote, failureNote(status));
      showAlarms(status.alarms);
      showTraining(status.training);
      showRetraining(status.retraining);
      setText(
        waitingFor,
        status.ready ? 'Waiting for tweets …' : 'Waiting for a model. Tweets are queued until it is there.',
      );
    },
  };
}

function failureNote({ rejected, queue }: HostStatus): string {
  const notes: string[] = [];
  if (rejected > 0) notes.push(`${formatCount(rejected)} bad ${rejected === 1 ? 'line' : 'lines'}`);
  if (queue.dead > 0) notes.push(`${formatCount(queue.dead)} dead ${queue.dead === 1 ? 'letter' : 'letters'}`);
  return notes.join(', ');
}

function createAlarmView(): (alarms: readonly Alarm[]) => void {
  const list = byId('alarms', HTMLUListElement);
  let shown = '';
  return (alarms) => {
    const text = JSON.stringify(alarms);
    if (text === shown) return;
    shown = text;
    list.hidden = alarms.length === 0;
    list.replaceChildren(
      ...alarms.map(({ detail, since }) => {
        return make('li', '', `Since ${new Date(since).toLocaleTimeString()}: ${detail}`);
      }),
    );
  };
}

function createTrainingView(): (training: TrainingStatus | undefined) => void {
  const section = byId('training', HTMLElement);
  const progress = byId('training-progress', HTMLProgressElement);
  const facts = byId('training-facts', HTMLParagraphElement);
  return (training) => {
    section.hidden = training === undefined;
    if (training === undefined) return;
    progress.max = Math.max(1, training.steps);
    progress.value = training.step;
    setText(facts, trainingFacts(training));
  };
}

function trainingFacts({
  step,
  steps,
  epoch,
  epochs,
  loss,
  devF1,
  tweetsPerSecond,
  secondsLeft,
}: TrainingStatus): string {
  const facts = [`Epoch ${epoch} of ${epochs}`, `step ${formatCount(step)} of ${formatCount(steps)}`];
  if (loss !== undefined) facts.push(`loss ${loss.toFixed(3)}`);
  if (devF1 !== undefined) facts.push(`dev F1 ${devF1.toFixed(3)}`);
  if (tweetsPerSecond !== undefined) facts.push(`${formatCount(tweetsPerSecond)} tweets/s`);
  if (secondsLeft !== undefined) facts.push(`${formatSeconds(secondsLeft)} left`);
  return facts.join(' · ');
}
