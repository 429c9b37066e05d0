import { MultiBar } from 'cli-progress';

/** A bar on a terminal, with lines that stay above it. */
export interface ProgressBar {
  /** @param words what is said beside the bar; at the edge of the terminal it is cut off */
  update(value: number, words: string): void;
  say(line: string): void;
  /** Clears the bar; the lines stay. */
  stop(): void;
}

export function openBar(out: NodeJS.WriteStream, total: number, value: number): ProgressBar {
  // Of several bars one, because a single one cannot be written above.
  const bars = new MultiBar({
    stream: out,
    format: '{bar} {words}',
    barsize: 16,
    hideCursor: true,
    clearOnComplete: true,
  });
  const bar = bars.create(total, value, { words: '' });
  return {
    update(now, words) {
      bar.update(now, { words });
    },
    say(line) {
      bars.log(`${line}\n`);
    },
    stop() {
      // Lines above the bar wait for its next drawing.
      bars.update();
      bars.stop();
    },
  };
}
