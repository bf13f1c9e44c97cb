import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PayloadCipher, PayloadError } from '../../storage/payload-cipher.js';
import { SealedEdgeTagIds } from './sealed-edge-tag-ids.js';

const KEY = { delivery: '7f6f8a52-3a0e-4d0c-9f1e-0d8f2f0f7f57', stage: -1, field: 'phone', reason: 'missing-country' };
const sealer = () => new SealedEdgeTagIds(new PayloadCipher(randomBytes(32)));

describe('SealedEdgeTagIds', () => {
  it('gives back what was sealed, in order, with its gaps', async () => {
    const ids = sealer();
    const pieces = await ids.seal(KEY, ['edge-1', undefined, 'edge "2"\0\n', '']);
    expect(await ids.open(KEY, pieces)).toEqual(['edge-1', null, 'edge "2"\0\n', null]);
  });

  it('holds no id in clear', async () => {
    const pieces = await sealer().seal(KEY, ['edge-tag-of-ada']);
    expect(Buffer.concat(pieces).toString('latin1')).not.toContain('edge-tag');
  });

  it('cuts many into pieces, each saying how many it stands for', async () => {
    const ids = sealer();
    const many = Array.from({ length: 2_345 }, (_, index) => (index % 3 === 0 ? undefined : `edge-${index}`));
    const pieces = await ids.seal(KEY, many);
    expect(pieces.map((piece) => piece.readUInt16BE())).toEqual([1_000, 1_000, 345]);
    expect(await ids.open(KEY, pieces)).toEqual(many.map((id) => id ?? null));
    expect(await ids.open(KEY, [pieces[2]!])).toEqual(many.slice(2_000).map((id) => id ?? null));
  });

  it('seals nothing where none has an id, and still stands for all of them', async () => {
    const ids = sealer();
    const pieces = await ids.seal(KEY, [undefined, undefined, undefined]);
    expect(pieces).toEqual([Buffer.from([0, 3])]);
    expect(await ids.open(KEY, pieces)).toEqual([null, null, null]);
    expect(await ids.seal(KEY, [])).toEqual([]);
  });

  it.each(['ada@example.com', '+1 202 555 0143', 'ＡＤＡ＠ＥＸＡＭＰＬＥ．ＣＯＭ', ' 020 7946 0018 ', '+٩٧١٥٠١٢٣٤٥٦٧'])(
    'keeps no id that looks like %s',
    async (id) => {
      const ids = sealer();
      expect(await ids.open(KEY, await ids.seal(KEY, [id, '4711']))).toEqual([null, '4711']);
    },
  );

  it.each([
    ['another delivery', { delivery: '00000000-0000-7000-8000-000000000000' }],
    ['another chunk', { stage: 0 }],
    ['another field', { field: 'email' }],
    ['another reason', { reason: 'invalid-format' }],
  ])('opens for no %s', async (_, change) => {
    const ids = sealer();
    const pieces = await ids.seal(KEY, ['edge-1']);
    await expect(ids.open({ ...KEY, ...change }, pieces)).rejects.toBeInstanceOf(PayloadError);
  });

  it('opens with no other key', async () => {
    await expect(sealer().open(KEY, await sealer().seal(KEY, ['edge-1']))).rejects.toBeInstanceOf(PayloadError);
  });
});
