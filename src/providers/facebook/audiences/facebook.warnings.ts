import type { AudienceSnapshot } from '../../contract/audience-manager.js';

type Warning = AudienceSnapshot['warnings'][number];

/**
 * Operation codes that somebody should look at, whatever they mean for the status (section 7 of the notes).
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience
 */
const WARNINGS: Readonly<Record<number, Warning>> = {
  100: { code: 'expiring', message: 'Facebook deletes it because no ad has used it for two years' },
  400: { code: 'platform-warning', message: 'Facebook warns of the audience' },
  411: { code: 'low-match-rate', message: 'Facebook knows few of the people that were sent' },
  412: { code: 'invalid-entries', message: 'Many of the entries that were sent could not be read' },
  421: { code: 'pixel', message: 'Its pixel does not send what the rules need' },
  422: { code: 'pixel', message: 'Its pixel does not send what the rules need' },
  423: { code: 'pixel', message: 'Its pixel does not send what the rules need' },
  431: { code: 'lookalike-not-refreshed', message: 'The last refresh of the lookalike failed' },
  442: { code: 'prefill-failed', message: 'People from before it was made could not be added' },
  450: { code: 'unused', message: 'It is out of date because no ad uses it' },
  471: { code: 'flagged', message: 'Flagged in an integrity check: it cannot be edited, shared, filled or used' },
};

/**
 * What is to be looked at.
 *
 * @param words Facebook's own, fit to be shown; may be empty
 */
export function facebookWarnings(
  operation: number | undefined,
  words: string,
  deleteTime: Date | undefined,
): readonly Warning[] {
  const known = operation === undefined ? undefined : WARNINGS[operation];
  const warnings = known ? [{ ...known, message: words === '' ? known.message : `${known.message}: ${words}` }] : [];
  if (deleteTime === undefined) return warnings;
  const day = deleteTime.toISOString().slice(0, 10);
  const others = warnings.filter(({ code }) => code !== 'expiring');
  return [...others, { code: 'expiring', message: `Facebook deletes it on ${day} unless an ad uses it` }];
}
