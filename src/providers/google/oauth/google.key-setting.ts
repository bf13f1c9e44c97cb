import { readFileSync } from 'node:fs';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { readServiceAccountKey, type ServiceAccountKey } from '../../kit/oauth/service-account.js';

/** A key that cannot be used, and why; nothing of the setting's value. */
class KeyProblem {
  constructor(readonly message: string) {}
}

/** For a setting that is the key of a service account: its JSON, or the path of the file with it. */
export function ServiceAccountKeySetting(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? readKey(value.trim()) : (value as unknown))),
    ValidateBy({
      name: 'isServiceAccountKey',
      validator: {
        validate: (value) => !(value instanceof KeyProblem),
        defaultMessage: (args?: ValidationArguments) => (args?.value as KeyProblem).message,
      },
    }),
  );
}

function readKey(setting: string): ServiceAccountKey | KeyProblem {
  const json = setting.startsWith('{') ? setting : fileText(setting);
  if (json === undefined)
    return new KeyProblem('must be the JSON of a service account key, or a file that can be read');
  const key = readServiceAccountKey(json);
  return key ?? new KeyProblem('must hold client_email and a private_key (RSA) of a service account');
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
