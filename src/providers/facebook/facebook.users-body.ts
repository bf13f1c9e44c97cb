import { BodyWriter } from '../kit/batch/body-writer.js';
import { jsonText } from '../kit/batch/json-text.js';
import { type FacebookRow, facebookSchema } from './facebook.normaliser.js';

/** A row of seven digests and ids, and what stands between them. */
const ROW_BYTES = 480;

/** What stands in a request beside its users: the session, and the proof of the app secret. */
type Beside = Readonly<Record<string, unknown>>;

/**
 * The body of a call that adds people, or takes them out by what they were added with. Written by hand, because nearly all of it
 * are digests, in which `JSON.stringify` would look for something to escape.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
 *
 * @param schema the columns that are sent: of longer rows no more than these
 */
export function usersBody(schema: readonly string[], rows: readonly FacebookRow[], beside: Beside = {}): Buffer {
  const body = new BodyWriter(rows.length * ROW_BYTES + 1_024);
  body.add(`{"payload":{"schema":${JSON.stringify(schema)},"data":[`);
  const isWeighed = schema.length > UNWEIGHED.length;
  rows.forEach((row, at) => body.add(`${at === 0 ? '' : ','}${rowText(row, isWeighed)}`));
  const rest = JSON.stringify(beside).slice(1);
  body.add(rest === '}' ? ']}}' : `]},${rest}`);
  return body.end();
}

/** The body that takes people out, without the value that only weighs them: audiences that are not value-based refuse it. */
export function removalBody(rows: readonly FacebookRow[], beside?: Beside): Buffer {
  return usersBody(UNWEIGHED, rows, beside);
}

const UNWEIGHED = facebookSchema({ valueBased: false });

/** Only the first column can hold anything that JSON escapes: the others are digests, the last one a number. */
function rowText(row: FacebookRow, isWeighed: boolean): string {
  const [externId, email, phone, firstName, lastName, zip, country, value] = row;
  const weight = isWeighed ? `,${value}` : '';
  return `[${jsonText(String(externId))},"${email}","${phone}","${firstName}","${lastName}","${zip}","${country}"${weight}]`;
}
