import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { EventWatcher } from './event-watcher.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsWriter } from './events-writer.js';
import { EventStreams } from './stream/event-streams.js';
import { WebhookAttempt } from './webhooks/sending/webhook-attempt.js';
import { WebhookClaimsRepository } from './webhooks/sending/webhook-claims.repository.js';
import { WebhookDispatcher } from './webhooks/sending/webhook-dispatcher.js';
import { WebhookFanOut } from './webhooks/sending/webhook-fan-out.js';
import { WebhookSender } from './webhooks/sending/webhook-sender.js';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { WebhookDeliveriesRepository } from './webhooks/webhook-deliveries.repository.js';
import { WebhookSecrets } from './webhooks/webhook-secrets.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksRepository } from './webhooks/webhooks.repository.js';
import { WebhooksService } from './webhooks/webhooks.service.js';

/** What happens to custom audiences, told to whoever wants to know. */
@Module({
  imports: [HttpModule],
  controllers: [EventsController, WebhooksController, WebhookDeliveriesController],
  providers: [
    EventsWriter,
    EventsRepository,
    EventWatcher,
    EventStreams,
    WebhooksService,
    WebhooksRepository,
    WebhookDeliveriesRepository,
    WebhookSecrets,
    WebhookDispatcher,
    WebhookFanOut,
    WebhookClaimsRepository,
    WebhookAttempt,
    WebhookSender,
  ],
  exports: [EventsWriter],
})
export class EventsModule {}
