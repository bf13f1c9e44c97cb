import { Module } from '@nestjs/common';
import { WorkerSide } from './worker-side.js';

/** How the work is shared out within a process. */
@Module({ providers: [WorkerSide], exports: [WorkerSide] })
export class ProcessModule {}
