import { describe, expect, it } from '@jest/globals';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { AddressRefusedError, isPublicAddress, lookupPublic } from './public-address.js';

describe('isPublicAddress', () => {
  it.each([
    ...['8.8.8.8', '1.1.1.1', '93.184.216.34', '172.15.255.255', '172.32.0.1', '192.167.255.255', '11.0.0.0'],
    ...['100.63.255.255', '100.128.0.0', '169.253.255.255', '169.255.0.0', '223.255.255.255', '168.63.129.15'],
    ...['2606:4700:4700::1111', '2a00:1450:4001:82b::200e', '2003::1', '::ffff:8.8.8.8', '::ffff:808:808'],
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this machine', '127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ['unspecified', '0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
    ['private', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    ['private in IPv6 clothes', '::ffff:10.0.0.1', '::ffff:192.168.1.1', '::ffff:c0a8:101', '::ffff:172.16.0.1'],
    ['metadata services', '169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fd00:ec2::254'],
    ['metadata services of others', '100.100.100.200', '192.0.0.192', '168.63.129.16', '169.254.170.2'],
    ['link-local', '169.254.0.1', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
    ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
    ['unique local and site-local', 'fc00::1', 'fdff:ffff::1', 'fec0::1'],
    ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', 'ff0e::1'],
    ['reserved', '240.0.0.1', '192.0.2.1', '198.51.100.7', '203.0.113.9', '198.18.0.1', '2001:db8::1', '3fff::1'],
    [
      'translated into IPv4',
      '64:ff9b::7f00:1',
      '64:ff9b:1::a00:1',
      '2002:7f00:1::',
      '2001:0:a00::1',
      '::ffff:0:7f00:1',
    ],
    ['the old form of IPv4 in IPv6', '::127.0.0.1', '::7f00:1', '::a00:1', '::a9fe:a9fe'],
    ['not in use', '4000::1', '8000::1', 'e000::1', '100::1', '5f00::1'],
    ['no address', '', 'localhost', 'example.com', '1.2.3', '256.1.1.1', '1.2.3.4.5', ':::', '12345::', '127.0.0.1 '],
  ])('refuses %s', (_, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

describe('lookupPublic', () => {
  it('refuses a name that leads to this machine before anything is connected to', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ host: 'localhost', port, lookup: lookupPublic, agent: false });
    const [error] = (await once(request, 'error')) as [unknown];
    expect([error instanceof AddressRefusedError, requests]).toEqual([true, 0]);
    server.close();
  });

  it.each([true, false])('answers in the form that was asked for (all: %s)', async (all) => {
    const [error, address] = await new Promise<readonly [unknown, unknown]>((resolve) =>
      lookupPublic('8.8.8.8', { all }, (failure, found) => resolve([failure, found])),
    );
    expect([error, address]).toEqual([null, all ? [{ address: '8.8.8.8', family: 4 }] : '8.8.8.8']);
  });

  it('hands on that a name is not known', async () => {
    const code = await new Promise((resolve) => lookupPublic('a name', {}, (error) => resolve(error?.code)));
    expect(code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });
});
