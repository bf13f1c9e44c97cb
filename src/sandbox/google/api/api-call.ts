import { type Request } from 'express';
import { unreadable } from './api-error.js';

/** Parameters that every call of a Google API knows. */
const COMMON = ['alt', 'fields', 'key', 'prettyPrint', 'quotaUser', '$.xgafv'];

/** One call: the token has been checked, its body fits the message. */
export interface ApiCall {
  /** Whose token it is: a refresh token or the address of a service account. */
  readonly credential: string;
  /** Of `accountTypes/GOOGLE_ADS/accounts/{account}`; empty where the path has none. */
  readonly account: string;
  /** The last part of the path, where it names one list. */
  readonly listId: string;
  readonly query: Query;
  readonly body: Record<string, unknown>;
  /** The header that says through which account a list is reached; calls about members do not look at it. */
  readonly loginHeader: string | undefined;
}

/** The parameters behind the question mark. */
export class Query {
  private constructor(private readonly values: Readonly<Record<string, string>>) {}

  /** Refuses a parameter that the call does not have, or that comes twice. */
  static read(req: Request, known: readonly string[]): Query {
    for (const [name, value] of Object.entries(req.query)) {
      if (!known.includes(name) && !COMMON.includes(name)) {
        const message = `Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
        throw unreadable(message);
      }
      if (typeof value !== 'string') throw unreadable(`Invalid value at '${name}'`, name);
    }
    return new Query(req.query as Record<string, string>);
  }

  text(name: string): string {
    return this.values[name] ?? '';
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (!['', 'true', 'false'].includes(value)) throw unreadable(`Invalid value at '${name}' (TYPE_BOOL)`, name);
    return value === 'true';
  }

  integer(name: string): number {
    const value = this.text(name);
    if (!/^(?:|-?\d{1,9})$/.test(value)) throw unreadable(`Invalid value at '${name}' (TYPE_INT32)`, name);
    return Number(value);
  }
}
