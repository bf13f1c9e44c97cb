import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { safeStack } from '../common/safe-stack.js';
import { ENCRYPTION_KEY } from '../storage/encryption-key.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { type BatchResult, type BatchTask, workOn } from './batch-task.js';
import type { BatchThreadData } from './batch-thread.js';

/**
 * From so many bytes on a batch goes to a thread. Some 1,000 users: their work takes 2 ms, which no other call notices, and the
 * way to a thread and back is not free.
 */
export const THREAD_FROM_BYTES = 256 * 1024;

/** One works while the other gets the next batch; more would take the cores from those who deliver. */
const MOST_THREADS = 2;
/** A thread that has nothing to do for so long gives its memory back. */
const IDLE_MS = 60_000;
/** Room for the largest body as values of JavaScript. A thread that needs more ends, with its one call and not with the service. */
const MOST_MEGABYTES = 1_024;

const THREAD = fileURLToPath(new URL(`./batch-thread${extname(import.meta.url)}`, import.meta.url));

/** Does the work of a batch: that of a large one in a thread, so that other calls do not wait for it. */
@Injectable()
export class BatchIntake implements OnApplicationShutdown {
  private readonly logger = new Logger(BatchIntake.name);
  private threads?: Piscina<BatchTask, BatchResult>;

  constructor(
    @Inject(ENCRYPTION_KEY) private readonly encryptionKey: Buffer,
    private readonly cipher: PayloadCipher,
  ) {}

  /** @param task its bytes are gone afterwards, unless they come back with the result */
  async take(task: BatchTask): Promise<BatchResult> {
    const { bytes } = task;
    if (bytes.byteLength < THREAD_FROM_BYTES) return workOn(task, this.cipher);
    // Only memory of its own may be given away: what shares it would lose its bytes too.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    this.threads ??= this.start();
    const { threads } = this;
    try {
      return await threads.run({ ...task, bytes: own }, { transferList: [own.buffer] });
    } catch (error) {
      // The pool starts no thread for those who wait behind one that died.
      if (threads.queueSize > 0) this.giveUp(threads);
      throw error;
    }
  }

  /** After the last call was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.threads?.destroy();
  }

  /** Whoever waits is answered with an error and may call again; the next batch gets new threads. */
  private giveUp(threads: Piscina<BatchTask, BatchResult>): void {
    if (this.threads === threads) this.threads = undefined;
    void threads.destroy().catch(() => undefined);
  }

  private start(): Piscina<BatchTask, BatchResult> {
    const workerData: BatchThreadData = { encryptionKey: new Uint8Array(this.encryptionKey) };
    const threads = new Piscina<BatchTask, BatchResult>({
      filename: THREAD,
      name: 'batchWork',
      minThreads: 0,
      maxThreads: MOST_THREADS,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
      // The environment holds secrets that a thread has no use for.
      env: {},
      execArgv: loadersOf(process.execArgv),
      workerData,
    });
    // A thread that fails without a batch, as when the system has no room for one: unheard, it would end the process.
    threads.on('error', (error: unknown) => {
      this.logger.error(`A thread for large batches failed: ${safeStack(error)}`);
      this.giveUp(threads);
    });
    return threads;
  }
}

/** What a process was told to load first lets it run the sources; its other options are none of a thread's. */
function loadersOf(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((option, at) => {
    if (option.startsWith('--import=')) return [option];
    return option === '--import' ? [option, execArgv[at + 1] ?? ''] : [];
  });
}
