import { describe, expect, it } from '@jest/globals';
import { parseColumns } from './columns/column-map.js';
import { USER_FIELDS } from './columns/user-fields.js';
import { readUpload, refusal } from './spec-upload.js';

const csv = { name: 'users.csv' };
const usersOf = async (content: string, upload = {}) => (await readUpload(content, { ...csv, ...upload })).users;
const errorsOf = async (content: string, upload = {}) => (await refusal(content, { ...csv, ...upload })).errors;

describe('the header of CSV', () => {
  it.each([
    ['email', 'email'],
    ['E-Mail', 'email'],
    ['EMAIL_ADDRESS', 'email'],
    ['Phone Number', 'phone'],
    ['first_name', 'firstName'],
    ['First Name', 'firstName'],
    ['surname', 'lastName'],
    ['Country code', 'country'],
    ['zip', 'postalCode'],
    ['Postal-Code', 'postalCode'],
    ['edge_tag_id', 'edgeTagId'],
    ['"edgeTagId"', 'edgeTagId'],
  ])('may call a field %s', async (header, field) => {
    expect(await usersOf(`${header},other\nvalue,1\n`)).toEqual([{ [field]: 'value' }]);
  });

  it('takes every name of a field as it stands', async () => {
    const [user] = await usersOf(`${USER_FIELDS.join(',')}\n${USER_FIELDS.map((_, at) => `${at}.5`).join(',')}`);
    expect(user).toMatchObject({ edgeTagId: '0.5', postalCode: '6.5' });
    expect((user as { purchase: unknown }).purchase).toEqual({ currency: '7.5', profit: 8.5, total7Days: 9.5 });
  });

  it.each([
    ['commas', 'email,phone\na@example.com,"1,2;3"\n'],
    ['semicolons', 'email;phone\r\na@example.com;"1,2;3"\r\n'],
    ['tabs', 'email\tphone\na@example.com\t1,2;3'],
    ['commas behind blanks', ' "email" , phone\n a@example.com , "1,2;3" \n'],
    ['semicolons, one name in quotes', '"email";"a, b, and c; d";phone\na@example.com;;"1,2;3"\n'],
    ['commas, below empty lines', '\n\nemail,phone\na@example.com,"1,2;3"\n'],
    ['returns between lines', 'email,phone\ra@example.com,"1,2;3"\r'],
  ])('tells what stands between cells: %s', async (_, content) => {
    expect(await usersOf(content)).toEqual([{ email: 'a@example.com', phone: '1,2;3' }]);
  });

  it('that names a field twice asks for a mapping, and one that names none too', async () => {
    expect(await errorsOf('zip,Postal Code\n1,2\n')).toEqual([
      { field: 'file', message: 'has two columns for postalCode: say which with columns' },
    ]);
    expect(await errorsOf('a@example.com,b\n')).toEqual([
      { field: 'file', message: expect.stringMatching(/^needs a first line with the names of its columns/) },
    ]);
    expect(await usersOf('other,other,email\n1,2,a@example.com\n')).toEqual([{ email: 'a@example.com' }]);
  });

  it('names the columns with a mapping, and no others are read', async () => {
    const columns = parseColumns('{"E-mail": "email", "Land": "country", "Umsatz": "purchase.profit"}');
    const content = 'Umsatz;E-mail; Land;phone\n12.30;a@example.com;DE;+49\n;b@example.com;;\n';
    expect(await usersOf(content, { columns })).toEqual([
      { email: 'a@example.com', country: 'DE', purchase: { profit: 12.3 } },
      { email: 'b@example.com' },
    ]);
    expect(await errorsOf('Land,email,Land\n1,2,3\n', { columns })).toEqual([
      { field: 'columns', message: 'names a column that the file does not have: "E-mail"' },
      { field: 'columns', message: 'names a column that the file has twice: "Land"' },
      { field: 'columns', message: 'names a column that the file does not have: "Umsatz"' },
    ]);
    expect(await errorsOf('[{}]', { columns, name: 'users.json' })).toEqual([
      { field: 'columns', message: 'is for CSV only' },
    ]);
  });

  it.each([
    ['{', 'is not valid JSON: it ends too early'],
    ['[]', 'must be a JSON object'],
    ['{}', 'must name from 1 to 100 columns'],
    ['{"a": "mail"}', `must give each column one of ${USER_FIELDS.join(', ')}`],
    ['{"a": "toString"}', `must give each column one of ${USER_FIELDS.join(', ')}`],
    ['{"a": ["email"]}', `must give each column one of ${USER_FIELDS.join(', ')}`],
    ['{"a": "email", "b": "email"}', 'gives two columns the field email'],
  ])('is not mapped by %s', (json, message) => {
    expect(() => parseColumns(json)).toThrow(
      expect.objectContaining({ extra: { errors: [{ field: 'columns', message }], errorsTotal: 1 } }),
    );
  });

  it('may be called __proto__ by a mapping', async () => {
    const columns = parseColumns('{"__proto__": "email"}');
    expect(await usersOf('__proto__\na@example.com\n', { columns })).toEqual([{ email: 'a@example.com' }]);
  });
});

describe('a row of CSV', () => {
  it('says numbers as numbers where they are plain, and leaves the rest to the platforms', async () => {
    const cells = ['12', '-0.50', '1e3', '1.234,56', '0012', '99999999999999999999', 'x'];
    const users = await usersOf(`profit;currency\n${cells.map((cell) => `${cell};7`).join('\n')}`);
    const profits = users.map((user) => (user as { purchase: { profit: unknown } }).purchase.profit);
    expect(profits).toEqual([12, -0.5, '1e3', '1.234,56', '0012', '99999999999999999999', 'x']);
    expect(users[0]).toEqual({ purchase: { profit: 12, currency: '7' } });
  });

  it('is named by its first line, whatever stands in quotes before it', async () => {
    const content = 'email,more\r\na,"x\r\ny\rz\n"\r\n\r\nb,"\n\n"\r\nc\r\n\r\nd,"\r\n",e\r\nf';
    expect(await errorsOf(content)).toEqual([
      { line: 10, field: '', message: 'must have 2 cells, as the header has; it has 1' },
      { line: 12, field: '', message: 'must have 2 cells, as the header has; it has 3' },
      { line: 14, field: '', message: 'must have 2 cells, as the header has; it has 1' },
    ]);
    expect(await usersOf(content, { skipInvalid: true })).toEqual([{ email: 'a' }, { email: 'b' }]);
  });

  it('has the limits of any user', async () => {
    expect(await errorsOf(`email\n${'x'.repeat(1_001)}\n`)).toEqual([
      { line: 2, field: 'email', message: 'must have at most 1000 characters' },
    ]);
  });
});
