import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { parentPort } from 'node:worker_threads';
import { AppModule } from '../app.module.js';
import { MetricsService } from '../metrics/metrics.service.js';
import type { FiguresAnswer, Question, StartAnswer } from './thread-messages.js';

let application: Promise<INestApplicationContext> | undefined;

parentPort!.on('message', (question: Question) => {
  // What goes wrong here ends the thread, and with it the process.
  if (question.ask === 'start') void begin(question);
  else if (question.ask === 'figures') void tell(question);
  else void end();
});

async function begin({ env, answerTo }: Question & { ask: 'start' }): Promise<void> {
  application = open(env);
  const answer: StartAnswer = await application.then(
    () => ({ started: true }),
    (error: unknown) => ({
      started: false,
      reason: error instanceof Error ? error.message : 'its worker thread ended',
    }),
  );
  answerTo.postMessage(answer);
}

/** No HTTP: the main thread serves it. */
async function open(env: Readonly<Record<string, string>>): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(AppModule.register({ env }), {
    bufferLogs: true,
    logger: false,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  return app;
}

async function tell({ answerTo }: Question & { ask: 'figures' }): Promise<void> {
  const figures: FiguresAnswer = (await (await application)?.get(MetricsService).figures()) ?? [];
  answerTo.postMessage(figures);
}

async function end(): Promise<void> {
  const app = await application?.catch(() => undefined);
  await app?.close();
  // Whatever still holds the thread would hold the process too.
  process.exit(0);
}
