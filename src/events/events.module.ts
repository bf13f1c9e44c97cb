import { Module } from '@nestjs/common';
import { EventWatcher } from './event-watcher.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsWriter } from './events-writer.js';
import { EventStreams } from './stream/event-streams.js';

/** What happens to custom audiences, told to whoever wants to know. */
@Module({
  controllers: [EventsController],
  providers: [EventsWriter, EventsRepository, EventWatcher, EventStreams],
  exports: [EventsWriter],
})
export class EventsModule {}
