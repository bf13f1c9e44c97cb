import cliProgress from 'cli-progress';

const FORMAT = '{label} [{bar}] {percentage}% {value}/{total} users';

/** Two bars on a terminal, users stored and users delivered; nothing where the output goes to a file. */
export class ProgressBar {
  private readonly bars?: cliProgress.MultiBar;
  private readonly storedBar?: cliProgress.SingleBar;
  private readonly deliveredBar?: cliProgress.SingleBar;

  constructor(users: number, stream: NodeJS.WriteStream = process.stderr) {
    if (!stream.isTTY) return;
    this.bars = new cliProgress.MultiBar({ format: FORMAT, hideCursor: true, stream }, cliProgress.Presets.shades_grey);
    this.storedBar = this.bars.create(users, 0, { label: 'stored   ' });
    this.deliveredBar = this.bars.create(users, 0, { label: 'delivered' });
  }

  stored(users: number): void {
    this.storedBar?.increment(users);
  }

  /** @param users delivered to all tags so far, on average */
  delivered(users: number): void {
    this.deliveredBar?.update(Math.floor(users));
  }

  stop(): void {
    this.bars?.stop();
  }
}
