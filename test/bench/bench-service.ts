import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';

/** Clock ticks that Linux counts processor time in, a second. */
const TICKS = 100;

/** A built service in a process of its own, as it runs in production. */
export class BenchService {
  private stderr = '';

  constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr!.on('data', (text: Buffer) => (this.stderr = (this.stderr + text.toString()).slice(-20_000)));
  }

  /** Processor time of all its threads so far, ms. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  }

  /** Bytes that it holds now, and most that it has held since {@link forgetPeak}. */
  async memory(): Promise<{ readonly now: number; readonly peak: number }> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  /** How long its event loop was held up since this was asked last, ms. */
  async stalls(): Promise<{ readonly p99: number; readonly p999: number; readonly longest: number }> {
    this.stderr = '';
    this.child.kill('SIGWINCH');
    for (;;) {
      const said = /^stalls (\S+) (\S+) (\S+)$/m.exec(this.stderr);
      if (said) return { p99: Number(said[1]), p999: Number(said[2]), longest: Number(said[3]) };
      await once(this.child.stderr!, 'data');
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
