import { createHash } from 'node:crypto';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.js';
import { SAMPLE_CLIENT, SAMPLE_SECRET } from './google-options.js';

/** An answer as the specs look at it. */
export interface GoogleReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export const CUSTOMER = '1234567890';
/** Digests of `quinny@example.com`, `janedoe@gmail.com` and `+18005550100`. */
export const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
export const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
export const PHONE = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
/** Of `alex` and `quinn`, who live at 94045. */
export const ADDRESS = {
  givenName: '4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0',
  familyName: 'c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3',
  regionCode: 'US',
  postalCode: '94045',
};

const GRANTED = { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' };

/** Calls the simulator over HTTP the way a careful client does; specs of the simulator only. */
export class SpecGoogleClient {
  private accessToken?: string;

  constructor(
    readonly sandbox: Sandbox,
    readonly credential = 'spec-refresh-token',
  ) {}

  /** Asks the token endpoint; parts of the form may be given otherwise, null leaves one out. */
  async token(parts: Readonly<Record<string, string | null>> = {}): Promise<GoogleReply> {
    const form = {
      grant_type: 'refresh_token',
      client_id: SAMPLE_CLIENT,
      client_secret: SAMPLE_SECRET,
      refresh_token: this.credential,
      ...parts,
    };
    const set = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== null);
    return this.send('/token', { method: 'POST', body: new URLSearchParams(set) });
  }

  /** A call with a token that was got before, unless there is none yet. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<GoogleReply> {
    this.accessToken ??= String((await this.token()).body['access_token']);
    return this.send(`/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  lists(query: Readonly<Record<string, string>> = {}, account = CUSTOMER): Promise<GoogleReply> {
    return this.call('GET', `${listsOf(account)}?${new URLSearchParams(query).toString()}`);
  }

  /** Asks for a new list; fields may be given otherwise. */
  create(fields: object = {}, query = ''): Promise<GoogleReply> {
    return this.call('POST', `${listsOf()}${query}`, newList(fields));
  }

  /** Makes a list and returns its id. */
  async list(displayName = 'Buyers', fields: object = {}): Promise<string> {
    return String((await this.create({ displayName, ...fields })).body['id']);
  }

  /** Adds members to a list; parts of the request may be given otherwise. */
  ingest(listId: string, members: readonly unknown[], change: object = {}): Promise<GoogleReply> {
    return this.call('POST', 'audienceMembers:ingest', { ...ingestRequest(listId, members), ...change });
  }

  remove(listId: string, members: readonly unknown[], change: object = {}): Promise<GoogleReply> {
    const { destinations, audienceMembers, encoding } = ingestRequest(listId, members);
    return this.call('POST', 'audienceMembers:remove', { destinations, audienceMembers, encoding, ...change });
  }

  /** Adds members, lets the time pass that they take, and returns how it ended. */
  async ingested(listId: string, members: readonly unknown[], change: object = {}): Promise<Record<string, unknown>> {
    const { body } = await this.ingest(listId, members, change);
    this.sandbox.google.advanceClock(10_000);
    return this.status(String(body['requestId']));
  }

  /** How a request stands in its first list. */
  async status(requestId: string): Promise<Record<string, unknown>> {
    const { body } = await this.call('GET', `requestStatus:retrieve?requestId=${requestId}`);
    return (body['requestStatusPerDestination'] as Record<string, unknown>[])[0] ?? {};
  }

  async send(path: string, init: RequestInit): Promise<GoogleReply> {
    const response = await fetch(this.sandbox.google.origin + path, init);
    const text = await response.text();
    const body = (text.startsWith('{') ? JSON.parse(text) : { text }) as GoogleReply['body'];
    return { status: response.status, headers: response.headers, body };
  }
}

/** A sandbox without quotas, unless a spec wants them, and a client of it. */
export async function startGoogle(options: SandboxOptions['google'] = {}): Promise<SpecGoogleClient> {
  return new SpecGoogleClient(await startSandbox({ google: { rateLimits: false, ...options } }));
}

export function listsOf(account = CUSTOMER): string {
  return `accountTypes/GOOGLE_ADS/accounts/${account}/userLists`;
}

export function newList(fields: object = {}): object {
  return {
    displayName: 'Buyers',
    description: 'From a spec',
    ingestedUserListInfo: {
      uploadKeyTypes: ['CONTACT_ID'],
      contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
    },
    ...fields,
  };
}

export function destinationOf(listId: string, account = CUSTOMER): object {
  return { operatingAccount: { accountType: 'GOOGLE_ADS', accountId: account }, productDestinationId: listId };
}

/** A member that is one person with these identifiers. */
export function person(...userIdentifiers: readonly object[]): object {
  return { compositeData: { userData: { userIdentifiers } } };
}

/** Members of made-up addresses. */
export function people(count: number, from = 0): object[] {
  return Array.from({ length: count }, (_, index) => {
    const address = `person${from + index}@example.com`;
    return person({ emailAddress: createHash('sha256').update(address).digest('hex') });
  });
}

export function ingestRequest(listId: string, members: readonly unknown[]) {
  return {
    destinations: [destinationOf(listId)],
    audienceMembers: members,
    consent: GRANTED,
    termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
    encoding: 'HEX',
  };
}

/** Status, and for each violation its field and reason; or the reason of a refusal without any. */
export function refusal({ status, body }: GoogleReply): unknown[] {
  const error = body['error'] as { details: Record<string, unknown>[] };
  const violations = error.details.flatMap(
    ({ fieldViolations = [] }) => fieldViolations as { field: string; reason?: string; description: string }[],
  );
  if (violations.length === 0) return [status, error.details[0]?.['reason']];
  return [status, ...violations.map(({ field, reason, description }) => [field, reason ?? description])];
}
