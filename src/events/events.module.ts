import { Module } from '@nestjs/common';
import { EventsWriter } from './events-writer.js';

/** What happens to custom audiences, told to whoever wants to know. */
@Module({
  providers: [EventsWriter],
  exports: [EventsWriter],
})
export class EventsModule {}
