import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { API_KEY_SCHEME, BEARER_SCHEME } from './auth/secured.decorator.js';
import { answerBrokenRequests } from './common/http/broken-requests.js';
import type { AppConfigOptions } from './config/config.module.js';

/** Builds the service as `main` and the end-to-end tests run it; the caller makes it listen. */
export async function createApp(options: Omit<AppConfigOptions, 'providers'> = {}): Promise<INestApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(options), {
    bufferLogs: true,
    // Logs wait for the configured logger. A start that fails before it is there is told by the caller, in words of its own.
    logger: false,
    abortOnError: false,
    // Forms are read where they are taken; nothing else has a body.
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  answerBrokenRequests(app.getHttpServer());
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Audience API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}

/** The service as OpenAPI 3.1. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const description =
    'One call that brings a named audience and its users to every configured account on every platform, each with its own ' +
    'normalisation, hashing, batching, limits and errors; nothing lost and nothing sent twice.';
  const document = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Audience API')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('audience', 'Bring users to the platforms')
    .addTag('custom audiences', 'Each audience in each account, as a resource')
    .addTag('erasures', 'Forgetting a person')
    .addTag('reading', 'What became of them')
    .addTag('webhooks', 'Who is told of events')
    .addTag('operation', 'Health and metrics')
    .addBearerAuth({ type: 'http', bearerFormat: 'secret', description: 'A secret of API_KEYS' }, BEARER_SCHEME)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A secret of API_KEYS' }, API_KEY_SCHEME)
    .build();
  return SwaggerModule.createDocument(app, document);
}
