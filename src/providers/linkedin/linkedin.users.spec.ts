import { describe, expect, it } from '@jest/globals';
import { elementStatuses, uniqueRows, usersBody } from './linkedin.users.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const DOE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const row = (email: string, more: object = {}) => ({ email, firstName: '', lastName: '', country: '', ...more });

describe('usersBody', () => {
  it('has an element for each row, with what it holds', () => {
    const body = usersBody([row(JANE, { firstName: 'Jane', lastName: 'Doe', country: 'US' }), row(DOE)]);
    expect(body.toString()).toBe(
      `{"elements":[{"action":"ADD","userIds":[{"idType":"SHA256_EMAIL","idValue":"${JANE}"}],` +
        `"firstName":"Jane","lastName":"Doe","country":"US"},` +
        `{"action":"ADD","userIds":[{"idType":"SHA256_EMAIL","idValue":"${DOE}"}]}]}`,
    );
  });

  it.each(["O'Brien", '"Bob" \\', 'ÉLODIE', '李', '👩‍🚀', '\u2028', 'Łukasz', '</script>'])(
    'carries %j unharmed',
    (name) => {
      const body = usersBody([row(JANE, { firstName: name, lastName: name }), row(DOE, { firstName: name })]);
      const { elements } = JSON.parse(body.toString('ascii')) as { elements: object[] };
      expect(elements).toMatchObject([{ firstName: name, lastName: name }, { firstName: name }]);
    },
  );
});

describe('uniqueRows', () => {
  it('keeps each address once, with what came last, in its place', () => {
    const rows = [row(JANE), row(DOE), row(JANE, { firstName: 'Jane' })];
    expect(uniqueRows(rows)).toEqual([row(JANE, { firstName: 'Jane' }), row(DOE)]);
  });
});

describe('elementStatuses', () => {
  it('finds the status in either place', () => {
    const elements = [{ status: 201, batchIndex: 0 }, { error: { status: 400, message: 'no' } }, { status: '201' }];
    expect(elementStatuses({ elements }, 3)).toEqual([201, 400, 201]);
  });

  it.each([
    undefined,
    '',
    [],
    {},
    { elements: {} },
    { elements: [] },
    { elements: [{ status: 201 }, { status: 201 }] },
  ])('does not take %j for one outcome', (body) => {
    expect(() => elementStatuses(body, 1)).toThrow('LinkedIn: answer not understood: not one outcome for each user');
  });

  it.each([null, {}, { status: 'ok' }, { error: 'no' }])('does not take %j for an outcome', (element) => {
    expect(() => elementStatuses({ elements: [element] }, 1)).toThrow('a user without an outcome');
  });
});
