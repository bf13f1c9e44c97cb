/** The time inside the sandbox: the real one plus what a test has skipped, so that 90 minutes can pass at once. */
export class SandboxClock {
  private skippedMs = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.skippedMs;
  }

  /** Lets `ms` milliseconds pass. */
  advance(ms: number): void {
    this.skippedMs += ms;
  }

  /** Back to the real time. */
  reset(): void {
    this.skippedMs = 0;
  }
}
