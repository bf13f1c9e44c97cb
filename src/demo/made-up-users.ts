/** Random numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Country {
  readonly code: string;
  readonly callingCode: string;
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly postalCode: (digits: (count: number) => string) => string;
  readonly phoneDigits: number;
  /** First digits of a mobile number, after the calling code. */
  readonly mobile: string;
  /** What stands in front of a number within the country. */
  readonly trunk: string;
}

const COUNTRIES: readonly Country[] = [
  country('US 1 415', 'Mary,James,Ava,Noah,Olivia', "Smith,O'Brien,Johnson,Van der Berg,Lee", (d) => `9${d(4)}`, 7),
  country('GB 44 7400 0', 'Amelia,Oliver,Isla,Harry', 'Taylor,Clarke,Wright,Hughes', (d) => `SW1A ${d(1)}AA`, 6),
  country('DE 49 151 0', 'Jürgen,Anna,Lukas,Käthe', 'Müller,Schmidt,Groß,Weber', (d) => `1${d(4)}`, 8),
  country('FR 33 61 0', 'Zoé,Louis,Chloé,Jean', 'Lefèvre,Martin,Dupont,Moreau', (d) => `75${d(3)}`, 7),
  country('ES 34 612', 'Lucía,Hugo,Sofía,Mateo', 'García,Núñez,López,Torres', (d) => `28${d(3)}`, 6),
  country('IT 39 333', 'Giulia,Luca,Sara,Niccolò', 'Rossi,Russo,Ferrari,Esposito', (d) => `20${d(3)}`, 7),
  country('CA 1 613', 'Emma,Liam,Charlotte,Étienne', 'Tremblay,Brown,Gagnon,Wilson', (d) => `K1A 0B${d(1)}`, 7),
  country('AU 61 412 0', 'Grace,Jack,Matilda,Cooper', 'Kelly,Nguyen,Walker,Ryan', (d) => `2${d(3)}`, 6),
  country('BR 55 119', 'João,Maria,Pedro,Ana', 'Silva,Gonçalves,Souza,Lima', (d) => `01${d(3)}-${d(3)}`, 8),
  country('JP 81 908 0', '陽菜,Haruto,Sakura,蓮', '佐藤,Suzuki,Tanaka,Sato', (d) => `1${d(2)}-${d(4)}`, 7),
];

/** One user as an internal tool would send it: real-looking, and nobody's. Every domain is reserved for examples. */
export type MadeUpUser = Record<string, unknown>;

/**
 * Made-up but realistic users: ten countries, a fifth of the names beyond ASCII, and the faults that real lists have:
 * missing fields, national numbers, a few that no platform can use.
 */
export function madeUpUsers(count: number, seed = 1): MadeUpUser[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => madeUpUser(index, random));
}

function madeUpUser(index: number, random: () => number): MadeUpUser {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const digits = (length: number) => Array.from({ length }, () => Math.floor(random() * 10)).join('');
  const home = pick(COUNTRIES);
  // Of an American number, neither 0 nor 1 can be the first.
  const subscriber = String(2 + Math.floor(random() * 8)) + digits(home.phoneDigits - 1);
  const user: MadeUpUser = {
    edgeTagId: `edge-${digits(8)}-${digits(12)}-${index}`,
    email: `${pick(MAIL_NAMES)}.${pick(MAIL_SURNAMES)}.${digits(6)}${index}@${pick(MAIL_DOMAINS)}`,
    phone: phoneOf(home, subscriber, random()),
    firstName: pick(home.firstNames),
    lastName: pick(home.lastNames),
    country: home.code,
    postalCode: home.postalCode(digits),
    purchase: {
      currency: 'USD',
      profit: Number((random() * 90).toFixed(2)),
      total7Days: Number((random() * 400).toFixed(2)),
    },
  };
  return withFaults(user, random());
}

const MAIL_NAMES = ['mary', 'joe', 'kim', 'sam', 'alex', 'lou'];
const MAIL_SURNAMES = ['taylor', 'garcia', 'rossi', 'muller', 'tanaka', 'silva', 'martin'];
const MAIL_DOMAINS = ['example.com', 'example.org', 'example.net', 'mail.example.com'];

/** Four fifths as machines write it, some as people do, the rest as it is dialled within the country. */
function phoneOf({ callingCode, mobile, trunk }: Country, subscriber: string, chance: number): string {
  const number = mobile + subscriber;
  if (chance < 0.8) return `+${callingCode}${number}`;
  return chance < 0.95 ? `+${callingCode} (${number.slice(0, 3)}) ${number.slice(3)}` : trunk + number;
}

/** One in a hundred has a fault. */
function withFaults(user: MadeUpUser, chance: number): MadeUpUser {
  if (chance > 0.01) return user;
  if (chance > 0.006) return { ...user, email: 'not an address' };
  if (chance > 0.004) return { ...user, phone: '12', country: '' };
  if (chance > 0.002) return { ...user, email: null, postalCode: '' };
  return { edgeTagId: user.edgeTagId, firstName: user.firstName };
}

/** @param numbers the code, the calling code, the first digits of a mobile number and the trunk prefix, if there is one */
function country(
  numbers: string,
  firstNames: string,
  lastNames: string,
  postalCode: Country['postalCode'],
  phoneDigits: number,
): Country {
  const [code = '', callingCode = '', mobile = '', trunk = ''] = numbers.split(' ');
  return {
    code,
    callingCode,
    firstNames: firstNames.split(','),
    lastNames: lastNames.split(','),
    postalCode,
    phoneDigits,
    mobile,
    trunk,
  };
}
