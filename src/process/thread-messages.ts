import type { MessagePort } from 'node:worker_threads';
import type { Figures } from '../metrics/thread-figures.js';

/** What the main thread asks of the worker thread; an answer comes by the port that is sent along. */
export type Question =
  | { readonly ask: 'start'; readonly env: Readonly<Record<string, string>>; readonly answerTo: MessagePort }
  | { readonly ask: 'figures'; readonly answerTo: MessagePort }
  /** The answer is that the thread ends. */
  | { readonly ask: 'stop' };

/** Whether it started; if not, a sentence without any value says why. */
export type StartAnswer = { readonly started: true } | { readonly started: false; readonly reason: string };

export type FiguresAnswer = readonly Figures[];
