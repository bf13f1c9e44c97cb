import cliProgress from 'cli-progress';

/** Two bars on a terminal: users stored, users delivered. Silent where there is no terminal. */
export class ProgressBar {
  private readonly bars = new cliProgress.MultiBar(
    { format: '{label} [{bar}] {percentage}% {value}/{total} users', hideCursor: true, noTTYOutput: false },
    cliProgress.Presets.shades_grey,
  );
  private readonly storedBar;
  private readonly deliveredBar;

  constructor(users: number) {
    this.storedBar = this.bars.create(users, 0, { label: 'stored   ' });
    this.deliveredBar = this.bars.create(users, 0, { label: 'delivered' });
  }

  stored(users: number): void {
    this.storedBar.increment(users);
  }

  /** @param users delivered to all tags so far, on average */
  delivered(users: number): void {
    this.deliveredBar.update(Math.floor(users));
  }

  stop(): void {
    this.bars.stop();
  }
}
