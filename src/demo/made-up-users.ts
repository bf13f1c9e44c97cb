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
}

const COUNTRIES: readonly Country[] = [
  country(
    'US',
    '1',
    'Mary,James,Ava,Noah,Olivia',
    "Smith,O'Brien,Johnson,Van der Berg,Lee",
    (d) => `9${d(4)}`,
    7,
    '415',
  ),
  country('GB', '44', 'Amelia,Oliver,Isla,Harry', 'Taylor,Clarke,Wright,Hughes', (d) => `SW1A ${d(1)}AA`, 6, '7700'),
  country('DE', '49', 'Jürgen,Anna,Lukas,Käthe', 'Müller,Schmidt,Groß,Weber', (d) => `1${d(4)}`, 8, '151'),
  country('FR', '33', 'Zoé,Louis,Chloé,Jean', 'Lefèvre,Martin,Dupont,Moreau', (d) => `75${d(3)}`, 7, '61'),
  country('ES', '34', 'Lucía,Hugo,Sofía,Mateo', 'García,Núñez,López,Torres', (d) => `28${d(3)}`, 6, '612'),
  country('IT', '39', 'Giulia,Luca,Sara,Niccolò', 'Rossi,Russo,Ferrari,Esposito', (d) => `20${d(3)}`, 7, '333'),
  country('CA', '1', 'Emma,Liam,Charlotte,Étienne', 'Tremblay,Brown,Gagnon,Wilson', (d) => `K1A 0B${d(1)}`, 7, '613'),
  country('AU', '61', 'Grace,Jack,Matilda,Cooper', 'Kelly,Nguyen,Walker,Ryan', (d) => `2${d(3)}`, 6, '412'),
  country('BR', '55', 'João,Maria,Pedro,Ana', 'Silva,Gonçalves,Souza,Lima', (d) => `01${d(3)}-${d(3)}`, 8, '119'),
  country('JP', '81', '陽菜,Haruto,Sakura,蓮', '佐藤,Suzuki,Tanaka,Sato', (d) => `1${d(2)}-${d(4)}`, 7, '908'),
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
  const user: MadeUpUser = {
    edgeTagId: `edge-${digits(8)}-${index}`,
    email: `${pick(['mary', 'joe', 'kim', 'sam', 'alex', 'lou'])}.${digits(6)}${index}@${pick(MAIL_DOMAINS)}`,
    phone: phoneOf(home, digits, random()),
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

const MAIL_DOMAINS = ['example.com', 'example.org', 'example.net', 'mail.example.com'];

function phoneOf(home: Country, digits: (count: number) => string, chance: number): string {
  const number = home.mobile + digits(home.phoneDigits);
  if (chance < 0.8) return `+${home.callingCode}${number}`;
  return chance < 0.95 ? `+${home.callingCode} (${number.slice(0, 3)}) ${number.slice(3)}` : `0${number}`;
}

/** One in a hundred has a fault. */
function withFaults(user: MadeUpUser, chance: number): MadeUpUser {
  if (chance > 0.01) return user;
  if (chance > 0.006) return { ...user, email: 'not an address' };
  if (chance > 0.004) return { ...user, phone: '12', country: '' };
  if (chance > 0.002) return { ...user, email: null, postalCode: '' };
  return { edgeTagId: user.edgeTagId, firstName: user.firstName };
}

function country(
  code: string,
  callingCode: string,
  firstNames: string,
  lastNames: string,
  postalCode: Country['postalCode'],
  phoneDigits: number,
  mobile: string,
): Country {
  return {
    code,
    callingCode,
    firstNames: firstNames.split(','),
    lastNames: lastNames.split(','),
    postalCode,
    phoneDigits,
    mobile,
  };
}
