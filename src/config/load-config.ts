import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type ApiKeyList, parseApiKeys } from './api-key-list.js';
import { AppConfig, type ProviderSettings } from './config.js';
import { CoreVariables } from './core-variables.js';
import { isLoopback } from './loopback.js';
import { readProviderTags } from './provider-variables.js';

/** Everything that is wrong with the environment, one sentence each: the variable's name, never its value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} mistake(s):\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
    this.name = ConfigError.name;
  }
}

/**
 * Checks the whole environment and gives it types. An empty variable counts as unset.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  providers: readonly ProviderSettings[],
): AppConfig {
  const set = new Map(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
  const core = readCore(set);
  const apiKeys = readApiKeys(set.get('API_KEYS'));
  const tags = providers.map((settings) => ({ id: settings.id, ...readProviderTags(set, settings) }));
  const problems = [
    ...core.problems,
    ...apiKeys.problems,
    ...contradictions(core.variables, apiKeys.keys.length > 0 || apiKeys.problems.length > 0),
    ...tags.flatMap((provider) => provider.problems),
  ];
  // A variable that serves several tags is wrong once, not once a tag.
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const providersTags = new Map(tags.map(({ id, tags: byName }) => [id, byName]));
  const unknownVariables = tags.flatMap(({ unknown }) => unknown);
  return toAppConfig(core.variables, apiKeys, { providers: providersTags, unknownVariables });
}

function readCore(env: ReadonlyMap<string, string>): { variables: CoreVariables; problems: string[] } {
  const names = Object.keys(new CoreVariables());
  const plain = Object.fromEntries(names.filter((name) => env.has(name)).map((name) => [name, env.get(name)]));
  const variables = plainToInstance(CoreVariables, plain);
  const problems = validateSync(variables, { stopAtFirstError: true }).map(({ property, constraints }) => {
    const message = Object.values(constraints ?? {})[0] ?? 'is not valid';
    return message.startsWith(`${property} `) ? message : `${property} ${message}`;
  });
  return { variables, problems };
}

function readApiKeys(text: string | undefined): ApiKeyList {
  return text === undefined ? { keys: [], problems: [] } : parseApiKeys(text);
}

function contradictions(core: CoreVariables, hasKeys: boolean): string[] {
  const problems: string[] = [];
  if (!hasKeys && !isLoopback(core.HOST)) {
    problems.push('API_KEYS is missing: it may be unset only while HOST is a loopback address');
  }
  if (core.DATABASE_URL !== undefined && core.ENCRYPTION_KEY === undefined) {
    problems.push('ENCRYPTION_KEY is missing: it may be unset only while DATABASE_URL is');
  }
  return problems;
}

function toAppConfig(
  core: CoreVariables,
  { keys }: ApiKeyList,
  tags: Pick<AppConfig, 'providers' | 'unknownVariables'>,
): AppConfig {
  return new AppConfig({
    host: core.HOST,
    port: core.PORT,
    databaseUrl: core.DATABASE_URL,
    dataDir: core.DATA_DIR,
    role: core.ROLE,
    apiKeys: keys,
    encryptionKey: core.ENCRYPTION_KEY === undefined ? undefined : Buffer.from(core.ENCRYPTION_KEY, 'base64'),
    segmentPrefix: core.SEGMENT_PREFIX,
    syncTimeoutMs: core.SYNC_TIMEOUT_MS,
    maxBodyBytes: core.MAX_BODY_BYTES,
    bodyIdleTimeoutMs: core.BODY_IDLE_TIMEOUT_MS,
    maxUsersPerBatch: core.MAX_USERS_PER_BATCH,
    maxUploadRows: core.MAX_UPLOAD_ROWS,
    maxUploadBytes: core.MAX_UPLOAD_BYTES,
    rateLimitPerMinute: core.RATE_LIMIT_PER_MINUTE,
    deliveryMaxHours: core.DELIVERY_MAX_HOURS,
    sessionTtlHours: core.SESSION_TTL_HOURS,
    statusPollSeconds: core.STATUS_POLL_SECONDS,
    webhookAllowPrivate: core.WEBHOOK_ALLOW_PRIVATE,
    queueBackend: core.QUEUE_BACKEND,
    keepsMembers: core.MEMBERS === 'on',
    logLevel: core.LOG_LEVEL,
    ...tags,
  });
}
