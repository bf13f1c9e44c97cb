import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, MaxLength, Min, ValidateBy } from 'class-validator';
import type { QueueBackend, Role } from './config.js';

const ROLES: readonly Role[] = ['all', 'api', 'worker'];
const QUEUE_BACKENDS: readonly QueueBackend[] = ['postgres', 'yugabytedb', 'citus', 'cockroachdb'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** Above this a body no longer fits one JavaScript string. */
const LARGEST_BODY = 500_000_000;

/** The variables of the service itself, named as in the environment so that a mistake names its variable. */
export class CoreVariables {
  @Matches(/^[\w.:[\]-]{1,255}$/, { message: 'must be a host name or an IP address' })
  HOST = '127.0.0.1';

  /** 0 takes any free port. */
  @IsPort()
  PORT = 3000;

  @IsOptional()
  @ValidateBy({ name: 'isPostgresUrl', validator: { validate: isPostgresUrl, defaultMessage: () => POSTGRES_URL } })
  DATABASE_URL?: string = undefined;

  @Matches(/^[^\p{Cc}]+$/u, { message: 'must be a folder' })
  DATA_DIR = './data';

  @IsIn(ROLES)
  ROLE: Role = 'all';

  @IsOptional()
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { message: 'must be 32 bytes in base64 (openssl rand -base64 32)' })
  ENCRYPTION_KEY?: string = undefined;

  @Matches(/^[^\p{Cc}]*$/u, { message: 'must not hold control characters' })
  @MaxLength(50)
  SEGMENT_PREFIX = 'blotout_';

  @IsIntegerBetween(1, 3_600_000)
  SYNC_TIMEOUT_MS = 120_000;

  @IsIntegerBetween(1_024, LARGEST_BODY)
  MAX_BODY_BYTES = 64 * 1024 * 1024;

  @IsIntegerBetween(1, 300_000)
  BODY_IDLE_TIMEOUT_MS = 30_000;

  @IsIntegerBetween(1, 1_000_000)
  MAX_USERS_PER_BATCH = 100_000;

  @IsIntegerBetween(1, 1_000_000_000)
  MAX_UPLOAD_ROWS = 10_000_000;

  @IsIntegerBetween(1_024, 1024 ** 4)
  MAX_UPLOAD_BYTES = 2 * 1024 ** 3;

  @IsIntegerBetween(1, 1_000_000)
  RATE_LIMIT_PER_MINUTE = 6_000;

  @IsIntegerBetween(1, 720)
  DELIVERY_MAX_HOURS = 24;

  @IsIntegerBetween(1, 8_760)
  SESSION_TTL_HOURS = 72;

  @IsOptional()
  @IsIntegerBetween(0, 86_400)
  STATUS_POLL_SECONDS?: number = undefined;

  @IsIn(QUEUE_BACKENDS)
  QUEUE_BACKEND: QueueBackend = 'postgres';

  @IsIn(['on', 'off'])
  MEMBERS: 'on' | 'off' = 'on';

  @IsTrueOrFalse()
  WEBHOOK_ALLOW_PRIVATE = false;

  @IsIn(LOG_LEVELS)
  LOG_LEVEL = 'info';
}

const POSTGRES_URL = 'must be a postgres:// or postgresql:// address';

function isPostgresUrl(value: unknown): boolean {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  return protocol === 'postgres:' || protocol === 'postgresql:';
}

function IsPort(): PropertyDecorator {
  return IsIntegerBetween(0, 65_535);
}

/** The text of the variable as a number; anything but a whole number within the bounds is one mistake. */
function IsIntegerBetween(least: number, most: number): PropertyDecorator {
  const options = { message: `must be a whole number from ${least} to ${most}` };
  return (target, property) => {
    for (const apply of [Min(least, options), Max(most, options), IsInt(options), Transform(toNumber)]) {
      apply(target, property);
    }
  };
}

/** The words alone, so that nothing is taken for one of them by mistake. */
function IsTrueOrFalse(): PropertyDecorator {
  return (target, property) => {
    IsBoolean({ message: 'must be true or false' })(target, property);
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))(
      target,
      property,
    );
  };
}

function toNumber({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}
