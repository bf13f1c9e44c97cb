import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isLoopback } from '../../../config/loopback.js';

/**
 * For a setting that says where access tokens are got: the whole address. Plain http is for the sandbox on this machine:
 * elsewhere the credentials would travel in clear.
 */
export function TokenUrl(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown))),
    ValidateBy({
      name: 'isTokenUrl',
      validator: {
        validate: isTokenUrl,
        defaultMessage: () => 'must be an https address without a query; http only for this machine',
      },
    }),
  );
}

function isTokenUrl(value: unknown): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || url.href !== value || url.search + url.hash + url.username + url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
