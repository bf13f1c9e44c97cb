import type { Params } from 'nestjs-pino';
import type { AppConfig } from '../../config/config.js';
import { LOG_OUTPUT } from './log-output.js';
import { requestIdOf } from './request-id.js';

/**
 * One JSON line per event. Requests are logged by method, path and status alone: headers hold keys, bodies hold users, and a
 * query or an unknown path may hold whatever a caller puts there.
 */
export function loggerOptions({ logLevel }: AppConfig): Params {
  return {
    pinoHttp: [
      {
        level: logLevel,
        redact: ['req.headers', 'res.headers', 'err.config', '*.password', '*.accessToken', '*.authorization'],
        genReqId: (req, res) => requestIdOf(req as never, res as never),
        serializers: {
          req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
            id,
            method,
            path: harmlessPath(url),
          }),
          res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
        },
        autoLogging: { ignore: (req) => /^\/(health|metrics)/.test(req.url ?? '') },
      },
      LOG_OUTPUT,
    ],
  };
}

/** The path, with `*` for every part that is neither a word nor an id of ours. */
function harmlessPath(url: string): string {
  const parts = url.split('?')[0]!.split('/');
  return parts.map((part) => (/^(?:[a-z-]*(?:\.[a-z]+)?|[0-9a-f-]{36})$/.test(part) ? part : '*')).join('/');
}
