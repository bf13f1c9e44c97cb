import { dropInvisible, dropMarks, isAscii, nfkc } from './normalise.js';

/** ISO 3166-1, all 249 countries: alpha-2 and alpha-3. */
const CODES =
  'AD:AND AE:ARE AF:AFG AG:ATG AI:AIA AL:ALB AM:ARM AO:AGO AQ:ATA AR:ARG AS:ASM AT:AUT AU:AUS AW:ABW AX:ALA AZ:AZE ' +
  'BA:BIH BB:BRB BD:BGD BE:BEL BF:BFA BG:BGR BH:BHR BI:BDI BJ:BEN BL:BLM BM:BMU BN:BRN BO:BOL BQ:BES BR:BRA BS:BHS ' +
  'BT:BTN BV:BVT BW:BWA BY:BLR BZ:BLZ CA:CAN CC:CCK CD:COD CF:CAF CG:COG CH:CHE CI:CIV CK:COK CL:CHL CM:CMR CN:CHN ' +
  'CO:COL CR:CRI CU:CUB CV:CPV CW:CUW CX:CXR CY:CYP CZ:CZE DE:DEU DJ:DJI DK:DNK DM:DMA DO:DOM DZ:DZA EC:ECU EE:EST ' +
  'EG:EGY EH:ESH ER:ERI ES:ESP ET:ETH FI:FIN FJ:FJI FK:FLK FM:FSM FO:FRO FR:FRA GA:GAB GB:GBR GD:GRD GE:GEO GF:GUF ' +
  'GG:GGY GH:GHA GI:GIB GL:GRL GM:GMB GN:GIN GP:GLP GQ:GNQ GR:GRC GS:SGS GT:GTM GU:GUM GW:GNB GY:GUY HK:HKG HM:HMD ' +
  'HN:HND HR:HRV HT:HTI HU:HUN ID:IDN IE:IRL IL:ISR IM:IMN IN:IND IO:IOT IQ:IRQ IR:IRN IS:ISL IT:ITA JE:JEY JM:JAM ' +
  'JO:JOR JP:JPN KE:KEN KG:KGZ KH:KHM KI:KIR KM:COM KN:KNA KP:PRK KR:KOR KW:KWT KY:CYM KZ:KAZ LA:LAO LB:LBN LC:LCA ' +
  'LI:LIE LK:LKA LR:LBR LS:LSO LT:LTU LU:LUX LV:LVA LY:LBY MA:MAR MC:MCO MD:MDA ME:MNE MF:MAF MG:MDG MH:MHL MK:MKD ' +
  'ML:MLI MM:MMR MN:MNG MO:MAC MP:MNP MQ:MTQ MR:MRT MS:MSR MT:MLT MU:MUS MV:MDV MW:MWI MX:MEX MY:MYS MZ:MOZ NA:NAM ' +
  'NC:NCL NE:NER NF:NFK NG:NGA NI:NIC NL:NLD NO:NOR NP:NPL NR:NRU NU:NIU NZ:NZL OM:OMN PA:PAN PE:PER PF:PYF PG:PNG ' +
  'PH:PHL PK:PAK PL:POL PM:SPM PN:PCN PR:PRI PS:PSE PT:PRT PW:PLW PY:PRY QA:QAT RE:REU RO:ROU RS:SRB RU:RUS RW:RWA ' +
  'SA:SAU SB:SLB SC:SYC SD:SDN SE:SWE SG:SGP SH:SHN SI:SVN SJ:SJM SK:SVK SL:SLE SM:SMR SN:SEN SO:SOM SR:SUR SS:SSD ' +
  'ST:STP SV:SLV SX:SXM SY:SYR SZ:SWZ TC:TCA TD:TCD TF:ATF TG:TGO TH:THA TJ:TJK TK:TKL TL:TLS TM:TKM TN:TUN TO:TON ' +
  'TR:TUR TT:TTO TV:TUV TW:TWN TZ:TZA UA:UKR UG:UGA UM:UMI US:USA UY:URY UZ:UZB VA:VAT VC:VCT VE:VEN VG:VGB VI:VIR ' +
  'VN:VNM VU:VUT WF:WLF WS:WSM YE:YEM YT:MYT ZA:ZAF ZM:ZMB ZW:ZWE';

/** Names in use beside the ones of `Intl.DisplayNames`: ISO's own, older ones, short ones. `|` between names. */
const ALIASES: Readonly<Record<string, string>> = {
  AE: 'uae|emirates',
  BA: 'bosnia',
  BL: 'saint barts',
  BN: 'brunei darussalam',
  BO: 'plurinational state of bolivia|bolivia, plurinational state of',
  BQ: 'bonaire, sint eustatius and saba|bonaire',
  CC: 'cocos islands|keeling islands',
  CD: 'democratic republic of the congo|congo, democratic republic of the|dr congo|drc|congo-kinshasa',
  CG: 'congo|republic of the congo|congo-brazzaville',
  CI: 'ivory coast',
  CN: "people's republic of china|mainland china|prc",
  CV: 'cabo verde',
  CZ: 'czech republic',
  DO: 'dominican rep.',
  FK: 'falkland islands (malvinas)',
  FM: 'federated states of micronesia|micronesia, federated states of',
  FO: 'faeroe islands',
  GB: 'uk|the uk|great britain|britain|england|scotland|wales|northern ireland|united kingdom of great britain and northern ireland',
  HK: 'hong kong|hong kong sar',
  HM: 'heard island and mcdonald islands',
  IE: 'republic of ireland|eire',
  IR: 'islamic republic of iran|iran, islamic republic of',
  KG: 'kyrgyz republic',
  KP: "korea, democratic people's republic of|democratic people's republic of korea|dprk",
  KR: 'republic of korea|korea, republic of|korea, south',
  LA: "lao people's democratic republic|lao pdr",
  MD: 'republic of moldova|moldova, republic of',
  MF: 'saint martin (french part)',
  MK: 'macedonia|republic of north macedonia|fyrom',
  MM: 'myanmar|burma',
  MO: 'macao|macau|macao sar|macau sar china',
  NL: 'holland|kingdom of the netherlands|netherlands, kingdom of the',
  PN: 'pitcairn',
  PS: 'palestine|state of palestine|palestine, state of',
  RU: 'russian federation',
  SH: 'saint helena, ascension and tristan da cunha',
  SK: 'slovak republic',
  SX: 'sint maarten (dutch part)',
  SY: 'syrian arab republic',
  SZ: 'swaziland',
  TL: 'east timor',
  TR: 'turkey|republic of turkey',
  TW: 'taiwan, province of china|republic of china',
  TZ: 'united republic of tanzania|tanzania, united republic of',
  UM: 'united states minor outlying islands',
  US: 'the us|united states of america|america|us of a',
  VA: 'vatican|holy see|holy see (vatican city state)',
  VE: 'bolivarian republic of venezuela|venezuela, bolivarian republic of',
  VG: 'virgin islands, british|virgin islands (british)',
  VI: 'virgin islands, u.s.|virgin islands (u.s.)|us virgin islands',
  VN: 'viet nam',
};

const ALPHA3: ReadonlyMap<string, string> = new Map(
  CODES.split(' ').map((pair) => [pair.slice(3), pair.slice(0, 2)] as const),
);
const ALPHA2: ReadonlySet<string> = new Set(ALPHA3.values());

const SMALL_WORDS = /\b(?:the|and|of)\b/g;
const NON_ASCII_LETTER = /[^\p{ASCII}\P{L}]/u;

/** Made at the first value that is not a code: it takes some milliseconds, and most callers send codes. */
const countryByName = once((): ReadonlyMap<string, string> => {
  const english = new Intl.DisplayNames('en', { type: 'region' });
  const names = new Map<string, string>();
  for (const code of ALPHA2) names.set(nameKey(english.of(code) ?? code), code);
  for (const [code, aliases] of Object.entries(ALIASES)) {
    for (const alias of aliases.split('|')) names.set(nameKey(alias), code);
  }
  return names;
});

/**
 * The ISO 3166-1 alpha-2 code, upper case, of a code (alpha-2, alpha-3, `UK`) or an English name. Nothing is guessed: a
 * longer text is never cut to two letters, a name in another language is unknown.
 */
export function alpha2(value: string): string | undefined {
  const text = nfkc(dropInvisible(value)).toLowerCase();
  if (isAscii(text)) {
    const code = text.replace(/[^a-z]/g, '').toUpperCase();
    if (code.length === 2 && ALPHA2.has(code)) return code;
    const alpha3 = code.length === 3 ? ALPHA3.get(code) : undefined;
    if (alpha3 !== undefined) return alpha3;
  }
  return countryByName().get(nameKey(text));
}

/** `Saint Vincent & the Grenadines` and `St. Vincent and Grenadines` have one key; text of another script has none. */
function nameKey(name: string): string {
  const plain = dropMarks(name.toLowerCase());
  if (NON_ASCII_LETTER.test(plain)) return '';
  return plain
    .replace(SMALL_WORDS, '')
    .replace(/\bsaint\b/g, 'st')
    .replace(/[^a-z]/g, '');
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
