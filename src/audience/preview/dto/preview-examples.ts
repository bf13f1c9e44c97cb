import type { PreviewAnswerDto } from './preview-answer.dto.js';

/** Digests of what `ada@example.com` and `+1 202 555 0143` become. */
const EMAIL = 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72';
const PHONE = 'c117141ed6aa9255b2be93c99c3ae2c1786cd5fe0a78d382c4de0cbb90c9b486';

const ACCOUNT = { provider: 'facebook', tag: 'default', account: 'act_1234567890' };

export const PREVIEW_EXAMPLE: PreviewAnswerDto = {
  success: true,
  segment: 'blotout_Newsletter',
  received: 100,
  tags: [
    {
      ...ACCOUNT,
      received: 100,
      sent: 66,
      skipped: 34,
      rejections: [
        { field: 'phone', reason: 'missing-country', users: 91, share: 0.91 },
        { field: null, reason: 'no-usable-identifier', users: 34, share: 0.34 },
        { field: 'email', reason: 'invalid-format', users: 1, share: 0.0152 },
      ],
      warnings: [
        '91 % of phones have no country code, and their users no country (91 of 100)',
        '34 % of users have no identifier that facebook/default can use (34 of 100)',
      ],
      preview: [
        {
          user: 0,
          identifiers: [{ name: 'EMAIL', digest: EMAIL, hashed: true }],
          rejections: [{ field: 'phone', reason: 'missing-country' }],
        },
      ],
    },
  ],
  warnings: ['totalUsers says 120, but 100 came in the only batch'],
};

export const EXPLAIN_EXAMPLE: PreviewAnswerDto = {
  success: true,
  segment: 'blotout_Newsletter',
  received: 1,
  tags: [
    {
      ...ACCOUNT,
      received: 1,
      sent: 1,
      skipped: 0,
      rejections: [],
      warnings: [],
      preview: [
        {
          user: 0,
          identifiers: [
            { name: 'EMAIL', digest: EMAIL, hashed: true },
            { name: 'PHONE', digest: PHONE, hashed: true },
          ],
          rejections: [],
        },
      ],
      steps: [
        { field: 'email', rule: 'as given', result: 'Ada@Example.com' },
        { field: 'email', rule: 'lower case', result: 'ada@example.com' },
        { field: 'email', rule: 'SHA-256', result: EMAIL },
        { field: 'phone', rule: 'as given', result: '+1 202 555 0143' },
        { field: 'phone', rule: 'digits alone, as they are dialled', result: '12025550143' },
        { field: 'phone', rule: 'SHA-256', result: PHONE },
      ],
    },
  ],
  warnings: [],
};
