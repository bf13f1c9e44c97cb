import { describe, expect, it } from '@jest/globals';
import { audienceFile, fileUpload } from './tiktok.file-body.js';

const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';

describe('fileUpload', () => {
  it('signs the bytes of the file, and sends just these', async () => {
    // The example of TikTok's own form: two digests, a line each.
    const file = Buffer.from(`${JANE}\na2c722c182246d9f13668ae371c664097b240f3180f35b046366c16c237b9ee3\n`);
    const { body, contentType } = fileUpload('7170000000000000001', file);
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();

    expect([...form.keys()].sort()).toEqual(['advertiser_id', 'calculate_type', 'file', 'file_signature']);
    expect(form.get('advertiser_id')).toBe('7170000000000000001');
    expect(form.get('file_signature')).toBe('0bfae98ab99686863d49f65554c1595b');
    expect(form.get('calculate_type')).toBe('MULTIPLE_TYPES');
    const part = form.get('file') as File;
    expect(part.name).toBe('audience.csv');
    expect(Buffer.from(await part.arrayBuffer())).toEqual(file);
  });
});

describe('audienceFile', () => {
  it('has a header, and as many cells in each line', () => {
    const file = audienceFile([
      [JANE, ''],
      ['', JANE],
      [JANE, JANE, JANE, ''],
    ]);
    expect(file.toString()).toBe(`email_SHA256,phone_SHA256\n${JANE},\n,${JANE}\n${JANE},${JANE}\n${JANE},\n`);
  });

  it('stays within 50 MiB for the most users of one file, two pairs each', () => {
    const line = audienceFile([[JANE, JANE, JANE, JANE]]).length - audienceFile([]).length;
    expect(200_000 * line + audienceFile([]).length).toBeLessThanOrEqual(50 * 1024 * 1024);
  });
});
