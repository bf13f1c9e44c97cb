import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { LOG_OUTPUT } from '../common/http/log-output.js';
import type { Figures } from '../metrics/thread-figures.js';
import type { FiguresAnswer, Question, StartAnswer } from './thread-messages.js';

const MAIN = new URL('./worker-thread.main.js', import.meta.url);
/** A scrape does not wait longer for a thread that is busy. */
const FIGURES_MS = 1_000;
/**
 * As `--max-semi-space-size=16`, which `npm run start:prod` gives the main thread. Left alone, V8 lets the young objects of a
 * thread grow to 192 MB before it looks at them: a process that delivers batches of 10,000 users one by one then has 750 MB
 * instead of 530 MB, and needs some 10 % less time for each (Node 24).
 */
const MEMORY = { maxYoungGenerationSizeMb: 48 };

/** A thread of this process that does what a process with `ROLE=worker` does, but for HTTP. */
export class WorkerThread {
  /** Resolves when it is gone, with the error that ended it if one did. */
  readonly ended: Promise<Error | undefined>;
  private readonly worker: Worker;
  private isStarted = false;
  private isStopped = false;
  private isGone = false;
  private lastFigures: readonly Figures[] = [];

  /** Begins to load the code; nothing is worked on before {@link start}. */
  constructor() {
    this.worker = new Worker(MAIN, { name: 'worker', stdout: true, resourceLimits: MEMORY });
    this.worker.stdout.setEncoding('utf8').on('data', (lines: string) => LOG_OUTPUT.write(lines));
    this.ended = new Promise((resolve) => {
      let lastError: Error | undefined;
      this.worker.once('error', (error) => (lastError = error as Error));
      this.worker.once('exit', () => {
        this.isGone = true;
        resolve(lastError);
      });
    });
  }

  /** Whether it takes up work. */
  get isWorking(): boolean {
    return this.isStarted && !this.isStopped && !this.isGone;
  }

  /** Whether it was told to end; otherwise it ends by itself. */
  get wasStopped(): boolean {
    return this.isStopped;
  }

  /**
   * Has it work with this environment, and no other.
   *
   * @throws {Error} with the reason, in a sentence, when it could not start.
   */
  async start(env: Readonly<Record<string, string>>): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const gone = this.ended.then(() => ({ started: false, reason: 'its worker thread ended' }) as const);
    this.ask({ ask: 'start', env, answerTo: port2 });
    const answered = once(port1, 'message') as Promise<[StartAnswer]>;
    const answer = await Promise.race([answered.then(([message]) => message), gone]);
    port1.close();
    if (!answer.started) throw new Error(answer.reason);
    this.isStarted = true;
  }

  /** What it has counted; what it told last where it does not answer in time. A count that went back would look like a restart. */
  async figures(): Promise<readonly Figures[]> {
    if (!this.isWorking) return this.lastFigures;
    const { port1, port2 } = new MessageChannel();
    try {
      this.ask({ ask: 'figures', answerTo: port2 });
      const [figures] = (await once(port1, 'message', { signal: AbortSignal.timeout(FIGURES_MS) })) as [FiguresAnswer];
      this.lastFigures = figures;
    } catch {
      // It is busy, or just ended.
    } finally {
      port1.close();
    }
    return this.lastFigures;
  }

  /** Has it give back what it works on, close its connections and end. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.isGone) return;
    this.isStopped = true;
    this.ask({ ask: 'stop' });
    await this.ended;
  }

  private ask(question: Question): void {
    this.worker.postMessage(question, 'answerTo' in question ? [question.answerTo] : []);
  }
}
