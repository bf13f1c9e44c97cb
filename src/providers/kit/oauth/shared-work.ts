/** Work that several callers wait for. It goes on as long as one of them does. */
export class SharedWork<T> {
  private readonly stopping = new AbortController();
  private readonly outcome: Promise<T>;
  private waiting = 0;

  /** @param work is started at once; its signal is aborted when nobody waits for it any more */
  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.outcome = work(this.stopping.signal);
    // Once nobody waits, nobody hears how it ended.
    this.outcome.catch(() => undefined);
  }

  /** Whether its last caller has left: it ends soon, and without a result. */
  get isGivenUp(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Waits for the outcome, or until `signal` is aborted: then it rejects with what `stopped` makes. */
  wait(signal: AbortSignal, stopped: () => Error): Promise<T> {
    this.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.waiting -= 1;
        if (this.waiting === 0) this.stopping.abort();
        reject(stopped());
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      const ended = () => signal.removeEventListener('abort', leave);
      this.outcome.finally(ended).then(resolve, reject);
    });
  }
}
