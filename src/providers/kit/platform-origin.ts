import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isLoopback } from '../../config/loopback.js';

/**
 * For a setting that says where a platform is: an origin, without version and path. Plain http is for the sandbox on this
 * machine: elsewhere the token would travel in clear.
 */
export function PlatformOrigin(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim().replace(/\/$/, '') : (value as unknown))),
    ValidateBy({
      name: 'isPlatformOrigin',
      validator: {
        validate: isPlatformOrigin,
        defaultMessage: () => 'must be an https origin without a path; http only for this machine',
      },
    }),
  );
}

function isPlatformOrigin(value: unknown): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || url.origin !== value) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
