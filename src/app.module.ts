import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { AudienceModule } from './audience/audience.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CommonModule } from './common/common.module.js';
import { DtoValidationPipe } from './common/dto-validation.pipe.js';
import { loggerOptions } from './common/http/logger-options.js';
import { ProblemFilter } from './common/problem.filter.js';
import { refuseOnWorker } from './common/http/worker-only.js';
import { requestId } from './common/http/request-id.js';
import { AppConfig } from './config/config.js';
import { AppConfigModule, type AppConfigOptions } from './config/config.module.js';
import { AnalysisModule } from './custom-audiences/analysis/analysis.module.js';
import { PollingModule } from './custom-audiences/polling/polling.module.js';
import { CustomAudiencesModule } from './custom-audiences/custom-audiences.module.js';
import { CustomAudienceMembershipModule } from './custom-audiences/membership/custom-audience-membership.module.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { ErasuresModule } from './erasures/erasures.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { MembershipModule } from './membership/membership.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ProcessModule } from './process/process.module.js';
import { PLATFORMS } from './providers/platforms.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { StorageModule } from './storage/storage.module.js';

/** What brings work in. */
const INTAKE = [
  ...['audience', 'audience/preview'].map((path) => ({ path, method: RequestMethod.POST })),
  ...['uploads', 'users', 'refresh'].map((path) => ({
    path: `custom-audiences/:id/${path}`,
    method: RequestMethod.POST,
  })),
  { path: 'custom-audiences/:id/users', method: RequestMethod.DELETE },
];

/** The list of features. */
@Module({
  imports: [
    CommonModule,
    LoggerModule.forRootAsync({ inject: [AppConfig], useFactory: loggerOptions }),
    StorageModule,
    AuthModule,
    MetricsModule,
    ProcessModule,
    HealthModule,
    DeliveriesModule,
    SessionsModule,
    EventsModule,
    ErasuresModule,
    MembershipModule,
    PollingModule,
    CustomAudiencesModule,
    AnalysisModule,
    AudienceModule,
    CustomAudienceMembershipModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: DtoValidationPipe },
  ],
})
export class AppModule implements NestModule {
  /** The whole service with its configuration: `process.env` and `.env`, or exactly the given environment. */
  static register(options: Omit<AppConfigOptions, 'providers'> = {}): DynamicModule {
    const providers = PLATFORMS.map(({ settings }) => settings);
    return { module: AppModule, imports: [AppConfigModule.register({ ...options, providers })] };
  }

  constructor(private readonly config: AppConfig) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(requestId).forRoutes('*path');
    if (this.config.role === 'worker') {
      consumer.apply(refuseOnWorker).forRoutes(...INTAKE);
    }
  }
}
