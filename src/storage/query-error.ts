import { DrizzleQueryError } from 'drizzle-orm/errors';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';

/** SQLSTATE connection_failure. */
const CONNECTION_FAILURE = '08006';
/** What the driver says of a connection that broke, or was not to be had in time: it has no code for these. */
const LOST_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout (exceeded|expired))/;

/** A statement that failed: what the database said, without any value that was in it. */
export class QueryError extends Error {
  constructor(
    statement: string,
    /** SQLSTATE, or the code of the broken connection (`ECONNRESET`). */
    readonly code: string | undefined,
    /** The constraint that refused. */
    readonly constraint: string | undefined,
  ) {
    super(`Query failed (${[code ?? 'no code', constraint].filter(Boolean).join(', ')}): ${statement}`);
    this.name = 'QueryError';
  }
}

/** SQLSTATE (or connection code) of an error, however deep a library has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  for (let inner = error; typeof inner === 'object' && inner !== null; inner = (inner as { cause?: unknown }).cause) {
    const { code } = inner as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/**
 * Makes a Drizzle database throw `QueryError`. Drizzle's own error has all parameters in its message and PostgreSQL's has the
 * offending values in `detail`: both would end up in a log.
 */
export function withoutValues<T extends NodePgDatabase<Record<string, unknown>>>(database: T): T {
  const { session } = database._;
  const prepareQuery = session.prepareQuery.bind(session);
  session.prepareQuery = (...args) => {
    const prepared = prepareQuery(...args);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (values) => execute(values).catch(rethrowWithoutValues);
    return prepared;
  };
  return database;
}

/** A connection for a transaction; that there is none is a `QueryError` too, where the driver has no code for it. */
export async function connectTo(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    if (!isLostConnection(error)) throw error;
    throw new QueryError('connect', CONNECTION_FAILURE, undefined);
  });
}

function rethrowWithoutValues(error: unknown): never {
  if (!(error instanceof DrizzleQueryError)) throw error;
  const { code, constraint } = (error.cause ?? {}) as { code?: string; constraint?: string };
  const known = code ?? (isLostConnection(error.cause) ? CONNECTION_FAILURE : undefined);
  throw new QueryError(error.query, known, constraint);
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && LOST_CONNECTION.test(error.message) && !('code' in error);
}
