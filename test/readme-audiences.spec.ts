import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { CustomAudienceDto } from '../src/custom-audiences/dto/custom-audience.dto.js';
import { AUDIENCE_EVENT_TYPES } from '../src/events/event-types.js';
import type { AudienceSupport } from '../src/providers/contract/audience-manager.js';
import { CUSTOM_AUDIENCE_ACTIONS, CUSTOM_AUDIENCE_TYPES } from '../src/providers/contract/custom-audience-words.js';
import { facebookSupport } from '../src/providers/facebook/audiences/facebook.support.js';
import { GOOGLE_AUDIENCES } from '../src/providers/google/audiences/google.support.js';
import { KLAVIYO_SUPPORT } from '../src/providers/klaviyo/audiences/klaviyo.support.js';
import { LINKEDIN_AUDIENCES } from '../src/providers/linkedin/audiences/linkedin.support.js';
import { tiktokSupport } from '../src/providers/tiktok/audiences/tiktok.support.js';
import { twitterSupport } from '../src/providers/twitter/audiences/twitter.support.js';
import { fileOf, sectionOf, tableOf, wordsIn } from './support/readme.js';

/** What `GET /providers` publishes, in the order of the columns. */
const SUPPORT: Readonly<Record<string, AudienceSupport>> = {
  facebook: facebookSupport,
  google: GOOGLE_AUDIENCES,
  klaviyo: KLAVIYO_SUPPORT,
  linkedin: LINKEDIN_AUDIENCES,
  tiktok: tiktokSupport,
  twitter: twitterSupport,
};
const FIGURES = ['size', 'matchedUsers', 'matchingRate', 'campaigns', 'ads', 'exclusions'] as const;

/** The table as the code has it; the tests are named in README alone. */
function matrix(): string[][] {
  const row = (name: string, cell: (support: AudienceSupport) => string) => [name, ...Object.values(SUPPORT).map(cell)];
  const sign = (isOffered: boolean) => (isOffered ? '✓' : '–');
  return [
    ...CUSTOM_AUDIENCE_ACTIONS.map((action) => row(`\`${action}\``, ({ lacks }) => sign(lacks[action] === undefined))),
    ...CUSTOM_AUDIENCE_TYPES.map((type) => row(`type \`${type}\``, ({ types }) => sign(types.includes(type)))),
    row('`engagementType`', ({ engagementTypes = [] }) => engagementTypes.join(', ') || '–'),
    row('`update` changes', ({ changes }) => changes.join(', ')),
    row('`retentionDays`', ({ retentionDays: days }) => (days ? `${days.min} to ${days.max}` : '–')),
    row('`minimumSize`', ({ minimumSize }) => String(minimumSize ?? '–')),
    ...FIGURES.map((figure) => row(`tells \`${figure}\``, ({ tells }) => sign(tells.includes(figure)))),
  ];
}

describe('what README says of custom audiences', () => {
  const offers = tableOf(sectionOf('What each platform offers'), 'action or fact');
  const properties = tableOf(sectionOf('Custom audiences'), 'property').flatMap(([names, , test]) =>
    wordsIn(names!).map((name) => [name, test!] as const),
  );
  const events = tableOf(sectionOf('Events and webhooks'), 'type').flatMap(([types, , , test]) =>
    wordsIn(types!).map((type) => [type, test!] as const),
  );

  it('is the matrix that the platforms publish', () => {
    expect(sectionOf('What each platform offers')).toContain(
      `| action or fact | ${Object.keys(SUPPORT).join(' | ')} | test |`,
    );
    expect(offers.map((cells) => cells.slice(0, -1))).toEqual(matrix());
  });

  it('is every property, and no other', () => {
    const key = 'swagger/apiModelPropertiesArray';
    const known = Reflect.getMetadata(key, CustomAudienceDto.prototype) as readonly string[];
    expect(properties.map(([name]) => name).toSorted()).toEqual(known.map((name) => name.slice(1)).toSorted());
  });

  it('is every event, and no other', () => {
    expect(events.map(([type]) => type).toSorted()).toEqual([...AUDIENCE_EVENT_TYPES].toSorted());
  });

  it.each(properties)('names the test of the property %s', (name, test) => {
    expect(fileOf(test)).toContain(`['${name}', `);
  });

  it.each(events)('names the test of the event %s', (type, test) => {
    expect(fileOf(test)).toContain(`type: '${type}'`);
  });

  it.each(offers)('names the test of %s', (name, ...cells) => {
    const [word] = wordsIn(name);
    expect(fileOf(cells.at(-1)!)).toMatch(new RegExp(`\\b${word}\\b`));
  });
});
