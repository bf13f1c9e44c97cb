import { isMainThread } from 'node:worker_threads';
import { type DestinationStream, pino } from 'pino';

/**
 * Where all lines go. Only the main thread writes to the standard output, through this one queue: two threads that wrote to
 * it by themselves would cut into each other's lines where a pipe is full. What another thread prints is brought here whole.
 */
export const LOG_OUTPUT: DestinationStream = isMainThread ? pino.destination(1) : process.stdout;
