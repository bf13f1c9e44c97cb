import { randomUUID } from 'node:crypto';
import type { TestService } from './service.js';

/** Puts a custom audience into the database as its own endpoints would. @returns its id */
export async function customAudienceRow(
  { database }: Pick<TestService, 'database'>,
  name: string,
  { provider = 'facebook', tag = 'default', type = 'customer-list' } = {},
): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into custom_audiences (id, provider, tag, account, name, type, source, status, data_upload_method, created_at, updated_at)
     values ('${id}', '${provider}', '${tag}', 'account', '${name}', '${type}', 'crm', 'populating', 'api', now(), now())`,
  );
  return id;
}
