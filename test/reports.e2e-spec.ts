import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { hash, randomUUID } from 'node:crypto';
import type { ReportDto } from '../src/custom-audiences/analysis/dto/report.dto.js';
import { Database } from '../src/storage/database.js';
import { AnalysisGround, madeUpPeople, type StoredAudience } from './support/analysis-ground.js';
import { startService, type TestService } from './support/service.js';

const NAME = '=HYPERLINK("x"), <script>alert(1)</script> & co';

describe('the report of a custom audience', () => {
  let service: TestService;
  let ground: AnalysisGround;
  let audience: StoredAudience;

  const report = (id: string, query = '', accept = '*/*') =>
    fetch(`${service.origin}/custom-audiences/${id}/report${query}`, { headers: { accept } });

  beforeAll(async () => {
    service = await startService();
    ground = AnalysisGround.on(service.app.get(Database), service.env.ENCRYPTION_KEY!);
    audience = await ground.audience({
      ...{ name: NAME, size: 81_000, matchedUsers: 400, matchingRate: 0.8, estimates: ['size'], uploadedRecords: 500 },
      campaigns: [{ id: '7', name: '<b>Sale</b>' }],
      exclusions: [],
      lookalikeAudiences: ['999'],
      warnings: [{ code: 'size-shrank', message: 'Smaller <i>now</i>', since: '2026-01-02T03:04:05.000Z' }],
    });
    await ground.audience({ name: 'blotout_Alike', seed: audience.id, audienceId: '1000' });
    await ground.put(audience.number, madeUpPeople(500));
    for (const daysAgo of [30, 20, 10]) await ground.size(audience.id, daysAgo, 81_000 - daysAgo);
    const delivery = await ground.delivery(audience.id, { accepted: 9, added: 9 }, { name: '@SUM(1)' });
    await ground.rejected(delivery, 'phone', 'missing-country', [1, 2]);
  });
  afterAll(() => service.stop());

  it('has the record beside the analysis', async () => {
    const body = (await (await report(audience.id)).json()) as ReportDto;
    expect(body).toMatchObject({ id: audience.id, name: NAME, members: { count: 500 } });
    expect(body.figures).toMatchObject({ status: 'ready', size: 81_000, matchedUsers: 400, estimates: ['size'] });
    expect(body.uses).toEqual({ campaigns: [{ id: '7', name: '<b>Sale</b>' }], ads: null, exclusions: [] });
    expect(body.lookalikes).toEqual([
      { id: expect.any(String), name: 'blotout_Alike', audienceId: '1000' },
      { id: null, name: null, audienceId: '999' },
    ]);
    expect(body.warnings).toMatchObject([{ code: 'size-shrank' }]);
  });

  it.each([
    ['?format=csv', 'text/html', 'text/csv; charset=utf-8'],
    ['?format=json', 'text/html', 'application/json; charset=utf-8'],
    ['', 'text/csv', 'text/csv; charset=utf-8'],
    ['', 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['', '*/*', 'application/json; charset=utf-8'],
    ['', 'image/png', 'application/json; charset=utf-8'],
  ])('with "%s" and Accept: %s comes as %s', async (query, accept, type) => {
    const answer = await report(audience.id, query, accept);
    await answer.arrayBuffer();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('vary')).toContain('Accept');
  });

  it('is one tidy table as CSV, of which no cell is a formula', async () => {
    const answer = await report(audience.id, '?format=csv');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="report-${audience.id}.csv"`);
    const text = await answer.text();
    const rows = parse<Record<string, string>>(text, { columns: true, record_delimiter: '\r\n' });
    expect(text.split('\r\n')[0]).toBe('section,name,date,value,unit,estimate');
    const of = (section: string, name: string) => rows.filter((row) => row.section === section && row.name === name);
    expect(of('audience', 'size')).toMatchObject([{ value: '81000', unit: 'people', estimate: 'true', date: '' }]);
    expect(of('audience', 'matchedUsers')).toMatchObject([{ value: '400', estimate: 'false' }]);
    expect(of('audience', 'name')).toMatchObject([{ value: `'${NAME}`, unit: '', estimate: '' }]);
    expect(of('history', 'size').map(({ value }) => value)).toEqual(['80970', '80980', '80990']);
    expect(of('rejections', 'phone missing-country')).toMatchObject([{ value: '2' }]);
    expect(of('countries', 'US')).toMatchObject([{ value: '200', unit: 'members', estimate: 'false' }]);
    expect(of('uses', 'campaigns')).toMatchObject([{ value: '<b>Sale</b> (7)' }]);
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });

  it('is a page with plots that runs nothing and loads nothing', async () => {
    const answer = await report(audience.id, '?format=html');
    const page = await answer.text();
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; co</h1>');
    expect(page).toContain('&lt;b&gt;Sale&lt;/b&gt;');
    expect(page).toContain('Smaller &lt;i&gt;now&lt;/i&gt;');
    expect(page).toContain('≈ 81,000');
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|javascript:|@import|url\((?!#)/i);
    expect(page.match(/https?:[^"' ]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
    const titles = [...page.matchAll(/role="img"\s+aria-label="([^"]+)">\s*<svg/g)].map(([, title]) => title);
    expect(titles).toEqual([
      ...['Size over time', 'Members by country', 'What members come with'],
      ...['Rejections by reason', 'How long deliveries took', 'Value: 7-day total, EUR'],
    ]);
    // The policy allows exactly the style sheet that the page has.
    const styles = [...page.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, style]) => style!);
    expect(styles).toHaveLength(1);
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash('sha256', styles[0]!, 'base64')}'; base-uri 'none'; ` +
        "form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('says what there is not yet', async () => {
    const { id } = await ground.audience({ type: 'engagement', status: 'populating' });
    const page = await (await report(id, '?format=html')).text();
    expect(page).toContain('The platform alone knows');
    expect(page.match(/Nothing to show yet/g)).toHaveLength(3);
    expect(page).not.toContain('<svg');
  });

  it('refuses another format, a wrong id and an unknown one', async () => {
    const status = async (id: string, query = '') => (await report(id, query, 'text/html')).status;
    expect(await status(audience.id, '?format=pdf')).toBe(400);
    expect(await status('nonsense')).toBe(400);
    expect(await status(randomUUID())).toBe(404);
  });
});
