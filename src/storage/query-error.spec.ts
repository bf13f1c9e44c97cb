import { describe, expect, it } from '@jest/globals';
import { drizzle } from 'drizzle-orm/node-postgres';
import { type AddressInfo, createServer } from 'node:net';
import { Pool } from 'pg';
import { connectTo, QueryError, sqlState, withoutValues } from './query-error.js';

describe('sqlState', () => {
  it('finds the code under any number of wrappers', () => {
    const cause = Object.assign(new Error('duplicate'), { code: '23505' });
    expect(sqlState(new Error('outer', { cause: new Error('middle', { cause }) }))).toBe('23505');
    expect(sqlState(new QueryError('select 1', '40001', undefined))).toBe('40001');
  });

  it('finds nothing in what is no error of a database', () => {
    expect(sqlState(new Error('plain'))).toBeUndefined();
    expect(sqlState('23505')).toBeUndefined();
  });
});

describe('a connection that is not to be had', () => {
  it.each([
    ['is closed without a word', true],
    ['is not answered in time', false],
  ])('has the code of one that failed: one that %s', async (_, isClosed) => {
    const silent = createServer((socket) => void (isClosed ? socket.end() : socket.resume()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const pool = new Pool({ host: '127.0.0.1', port, user: 'nobody', max: 1, connectionTimeoutMillis: 300 });
    pool.on('error', () => undefined);
    const failure = { name: 'QueryError', code: '08006' };
    await expect(withoutValues(drizzle(pool)).execute('select 1')).rejects.toMatchObject(failure);
    await expect(connectTo(pool)).rejects.toMatchObject(failure);
    await pool.end();
    silent.close();
  });
});
