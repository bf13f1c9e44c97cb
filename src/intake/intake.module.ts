import { Module } from '@nestjs/common';
import { BatchIntake } from './batch-intake.service.js';

/** The work that batches make before they are stored. */
@Module({ providers: [BatchIntake], exports: [BatchIntake] })
export class IntakeModule {}
