import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { TokenProcess } from '../../../test/support/token-process.js';
import { give, tokenOfCall, TokenServer } from '../../../test/support/token-server.js';
import { eventually } from '../../../test/support/upload.js';

/** A process has much to load, and the machine may be busy. */
const START_MS = 60_000;
const TEST_MS = 180_000;

const KEY = randomBytes(32).toString('base64');

describe('processes that share an access token', () => {
  let database: TestDatabase;
  let server: TokenServer;
  let due: ServerResponse[];
  let processes: TokenProcess[];

  beforeEach(async () => {
    processes = [];
    due = [];
    server = await TokenServer.start();
    server.answer = (response) => due.push(response);
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(processes.map((child) => child.kill()));
    await server.stop();
    await database.drop();
  });

  function start(): TokenProcess {
    const child = new TokenProcess(database.url, KEY, server.url);
    processes.push(child);
    return child;
  }

  const untilAsked = (times: number) =>
    eventually(
      () => Promise.resolve(server.calls.length),
      (calls) => calls === times,
      START_MS,
    );

  /** Until so many processes have looked at the row, each by the one connection that it needs. */
  const untilLooking = (count: number) =>
    eventually(
      () =>
        database.query(
          `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
           and query like 'select %from "access_tokens"%'`,
        ),
      (connections) => connections.length >= count,
      START_MS,
    );

  it(
    'refresh it once, though all need it at once',
    async () => {
      const children = [start(), start(), start()];
      await untilAsked(1);
      await untilLooking(2);
      due.splice(0).forEach((response) => give(response, 1));
      expect(await Promise.all(children.map(({ said }) => said))).toEqual(Array(3).fill(tokenOfCall(1)));
      expect(server.calls).toHaveLength(1);
    },
    TEST_MS,
  );

  it(
    'take over from one that is killed while it refreshes',
    async () => {
      const killed = start();
      await untilAsked(1);
      const waiting = start();
      await untilLooking(1);
      await killed.kill();
      const killedAt = Date.now();
      expect(server.calls).toHaveLength(1);
      await untilAsked(2);
      expect(Date.now() - killedAt).toBeLessThan(20_000);
      give(due[1]!, 2);
      expect([await killed.said, await waiting.said]).toEqual(['', tokenOfCall(2)]);
    },
    TEST_MS,
  );
});
