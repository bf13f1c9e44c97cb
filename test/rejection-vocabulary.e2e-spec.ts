import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { IDENTIFIER_FIELDS, REASON_WORDS, REJECTION_REASONS } from '../src/providers/contract/rejection-vocabulary.js';
import { startService, type TestService } from './support/service.js';

interface Schema {
  readonly properties: Readonly<Record<string, { enum?: unknown[]; description?: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, { get: { parameters: { name: string; schema: { enum?: unknown[] } }[] } }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The words in code marks in the first column of the README table that has this head. */
function firstColumnOfReadme(head: string): string[] {
  const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
  const [, table = ''] = readme.split(`\n${head}\n`);
  const rows = table.split('\n\n')[0]!.split('\n').slice(1);
  return rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!));
}

/** One vocabulary, in three places: the contract has it, the API's document is made of it, README repeats it. */
describe('the vocabulary of rejections', () => {
  let service: TestService;
  let document: Document;

  beforeAll(async () => {
    service = await startService();
    document = (await (await fetch(`${service.origin}/openapi.json`)).json()) as Document;
  });
  afterAll(() => service.stop());

  it('stands in README, every reason once, and no other', () => {
    const words = firstColumnOfReadme('| reason | |');
    expect(words.toSorted()).toEqual([...REASON_WORDS].sort());
    expect(REASON_WORDS.length).toBeGreaterThan(5);
  });

  it('is what the document allows, and explains', () => {
    const { RejectionDto, RejectionTotalDto } = document.components.schemas;
    expect(RejectionDto!.properties.reason!.enum).toEqual(REASON_WORDS);
    expect(RejectionTotalDto!.properties.reason!.enum).toEqual(REASON_WORDS);
    for (const [word, meaning] of Object.entries(REJECTION_REASONS)) {
      expect(RejectionDto!.properties.reason!.description).toContain(`\`${word}\`: ${meaning}`);
    }
    for (const { properties } of [RejectionDto!, RejectionTotalDto!]) {
      expect(properties.field!.enum).toEqual([...IDENTIFIER_FIELDS, null]);
    }
    const { parameters } = document.paths['/sessions/{id}/rejections']!.get;
    const enumOf = (name: string) => parameters.find((parameter) => parameter.name === name)!.schema.enum;
    expect([enumOf('reason'), enumOf('field')]).toEqual([REASON_WORDS, IDENTIFIER_FIELDS]);
  });
});
