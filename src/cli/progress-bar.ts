/** A progress bar on stderr, only where stderr is a terminal. */
import { Presets, SingleBar } from 'cli-progress';

export interface ProgressBar {
  update(done: number, of: number): void;
  /** Clears the bar. May be called twice. */
  stop(): void;
}

export function progressBar(label: string): ProgressBar {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% | {value}/{total} | {eta_formatted}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let isStarted = false;
  return {
    update(done, of) {
      if (!isStarted) bar.start(of, 0);
      isStarted = true;
      bar.setTotal(of);
      bar.update(done);
    },
    stop() {
      if (isStarted) bar.stop();
    },
  };
}
