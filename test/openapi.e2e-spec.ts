import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { untilState } from './support/upload.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly required?: readonly string[];
}

type Content = Readonly<
  Record<
    string,
    {
      schema: Schema;
      encoding?: Record<string, { contentType: string }>;
      example?: unknown;
      examples?: Record<string, { value: object }>;
    }
  >
>;

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { required?: boolean; content: Content };
  readonly responses: Readonly<Record<string, { description?: string; content?: Content }>>;
  readonly security?: readonly Record<string, string[]>[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { schemas: Readonly<Record<string, Schema>>; securitySchemes: Record<string, object> };
}

/** Every endpoint of the core, and every answer that it documents beside 401, 403 and 429, which all secured ones have. */
const OPERATIONS: Readonly<Record<string, readonly number[]>> = {
  'post /audience': [200, 400, 408, 409, 413, 415, 422, 502, 503, 504],
  'post /audience/preview': [200, 400, 408, 413, 415, 503],
  'post /custom-audiences/{id}/uploads': [200, 202, 400, 404, 408, 413, 415, 422, 502, 503, 504],
  'post /custom-audiences/{id}/users': [200, 202, 400, 404, 408, 413, 415, 422, 502, 503, 504],
  'delete /custom-audiences/{id}/users': [200, 202, 400, 404, 408, 413, 415, 422, 502, 503, 504],
  'post /custom-audiences/{id}/refresh': [200, 202, 400, 404, 422, 502, 503, 504],
  'get /sessions': [200, 400],
  'get /sessions/{id}': [200, 400, 404],
  'get /sessions/{id}/rejections': [200, 400, 404],
  'get /deliveries': [200, 400],
  'get /deliveries/{id}': [200, 400, 404],
  'post /deliveries/{id}/retry': [202, 400, 404, 409],
  'post /deliveries/{id}/cancel': [200, 400, 404, 409],
  'post /erasures': [202, 400, 408, 413, 415],
  'get /erasures': [200, 400],
  'get /erasures/{id}': [200, 400, 404],
  'get /events': [200, 400],
  'get /events/stream': [200, 400, 503],
  'post /webhooks': [201, 400, 408, 409, 413, 415, 422],
  'get /webhooks': [200, 400],
  'get /webhooks/{id}': [200, 400, 404],
  'patch /webhooks/{id}': [200, 400, 404, 408, 413, 415, 422],
  'delete /webhooks/{id}': [204, 400, 404],
  'post /webhooks/{id}/test': [202, 400, 404],
  'post /webhooks/{id}/rotate-secret': [200, 400, 404],
  'get /webhooks/{id}/deliveries': [200, 400, 404],
  'post /webhooks/{id}/deliveries/{deliveryId}/retry': [202, 400, 404, 409],
  'get /custom-audiences': [200, 400],
  'post /custom-audiences': [201, 400, 408, 409, 413, 415, 422, 502, 503],
  'get /custom-audiences/{id}': [200, 400, 404],
  'patch /custom-audiences/{id}': [200, 400, 404, 408, 409, 412, 413, 415, 422, 502, 503],
  'delete /custom-audiences/{id}': [204, 400, 404, 409, 412, 422, 502, 503],
  'post /custom-audiences/{id}/shares': [200, 400, 404, 408, 409, 413, 415, 422, 502, 503],
  'post /custom-audiences/{id}/lookalikes': [201, 400, 404, 408, 409, 413, 415, 422, 502, 503],
  'get /custom-audiences/{id}/sizes': [200, 400, 404],
  'get /custom-audiences/{id}/analysis': [200, 400, 404],
  'get /custom-audiences/{id}/report': [200, 400, 404],
  'get /providers': [200],
  'post /providers/{provider}/tags/{tag}/resume': [200, 404],
  'post /providers/{provider}/tags/{tag}/retry': [202, 404],
  'get /metrics': [200],
  'get /health/live': [200, 503],
  'get /health/ready': [200, 503],
};

/** The document of the built service: its schemas come from `nest build`, which Jest does not run through. */
describe('the OpenAPI document', () => {
  let ground: TestGround;
  let service: ServiceProcess;
  let document: Document;

  beforeAll(async () => {
    ground = await startGround();
    service = await ServiceProcess.start(ground.env);
    document = (await (await fetch(`${service.origin}/openapi.json`)).json()) as Document;
  });
  afterAll(async () => {
    await service?.stop();
    await ground.stop();
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    );
  const resolved = (schema: Schema): Schema =>
    schema.$ref
      ? document.components.schemas[schema.$ref.split('/').at(-1)!]!
      : (schema.allOf?.map(resolved)[0] ?? schema);

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)).toEqual({
      valid: true,
    });
    // A keyword of 3.0 that 3.1 ignores: what it marks would not be nullable.
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('has every endpoint with every answer, each problem as problem+json', () => {
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(Object.keys(OPERATIONS).sort());
    for (const [name, { responses, security, summary }] of operations()) {
      const isPublic = name.includes('/health/');
      const expected = [...OPERATIONS[name]!, ...(isPublic ? [] : [401, 403, 429])].sort();
      expect([name, Object.keys(responses).map(Number).sort()]).toEqual([name, expected]);
      expect([name, summary]).toEqual([name, expect.stringMatching(/\w/)]);
      expect([name, security]).toEqual([name, isPublic ? undefined : [{ bearer: [] }, { apiKey: [] }]]);
      for (const [status, { description, content }] of Object.entries(responses)) {
        const types = Object.keys(content ?? {});
        expect([name, status, types.length > 0]).toEqual([name, status, status !== '204']);
        if (Number(status) < 400) continue;
        expect([name, status, types]).toEqual([name, status, ['application/problem+json']]);
        expect([name, status, description]).toEqual([name, status, expect.stringMatching(/\w/)]);
      }
    }
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has both ways to send a key', () => {
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });

  it('gives every schema a type, down to the last property', () => {
    const bodies = operations().flatMap(([name, { parameters = [], requestBody, responses }]) => [
      ...parameters.map((parameter) => [`${name} ${parameter.name}`, parameter.schema] as const),
      ...[requestBody, ...Object.values(responses)].flatMap((one) =>
        Object.entries(one?.content ?? {}).map(([type, { schema }]) => [`${name} ${type}`, schema] as const),
      ),
    ]);
    const schemas = [...Object.entries(document.components.schemas), ...bodies];
    expect(schemas.length).toBeGreaterThan(50);
    expect(schemas.flatMap(([name, schema]) => untyped(schema, name))).toEqual([]);
    for (const [name, { properties = {}, required = [] }] of Object.entries(document.components.schemas)) {
      expect([name, required.filter((property) => !(property in properties))]).toEqual([name, []]);
    }
  });

  it('describes the form of POST /audience: its parts, and which are JSON', () => {
    const { requestBody } = document.paths['/audience']!.post!;
    expect(requestBody?.required).toBe(true);
    const { schema, encoding } = requestBody!.content['multipart/form-data']!;
    const json = { contentType: 'application/json' };
    expect(encoding).toEqual({ batch: json, users: json, columns: json });
    const { properties = {}, required } = resolved(schema);
    expect(Object.keys(properties)).toEqual(['name', 'type', 'batch', 'users', 'columns']);
    expect(required?.toSorted()).toEqual(['batch', 'name', 'users']);
    const batch = resolved(properties.batch!);
    expect(Object.keys(batch.properties!)).toEqual([
      ...['sessionId', 'sequence', 'totalBatches', 'totalUsers', 'pullDate'],
    ]);
    expect(batch.required?.toSorted()).toEqual(['sequence', 'sessionId', 'totalBatches', 'totalUsers']);
    const user = resolved(properties.users!.items!);
    expect(Object.keys(user.properties!)).toEqual([
      ...['edgeTagId', 'email', 'phone', 'firstName', 'lastName', 'country', 'postalCode', 'purchase'],
    ]);
    expect(user.required ?? []).toEqual([]);
    const names = document.paths['/audience']!.post!.parameters!.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['disablePrefix', 'sync', 'channels']));
  });

  /** Sends the example of a form, as Swagger UI does with "Execute". */
  async function execute(path: string): Promise<{ answer: Response; examples: Record<string, unknown> }> {
    const { parameters = [], requestBody } = document.paths[path]!.post!;
    const { schema, encoding } = requestBody!.content['multipart/form-data']!;
    const form = new FormData();
    const examples: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(resolved(schema).properties!)) {
      const value = (examples[name] = property.example);
      expect([name, value]).not.toEqual([name, undefined]);
      const type = encoding?.[name]?.contentType;
      if (type) form.set(name, new Blob([JSON.stringify(value, null, 2)], { type }), 'blob');
      else form.set(name, value);
    }
    const url = new URL(service.origin + path);
    for (const { name, in: place, schema: rule } of parameters) {
      if (place === 'query' && rule.default !== undefined) url.searchParams.set(name, asText(rule.default));
    }
    return { answer: await fetch(url, { method: 'POST', body: form }), examples };
  }

  it('has an example of POST /audience that works unchanged, as Swagger UI executes it', async () => {
    const { answer, examples } = await execute('/audience');
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);

    const session = await untilState(service.origin + answer.headers.get('location'), 'completed');
    const users = examples.users as unknown[];
    expect(session.body.warnings).toEqual([]);
    expect(session.body.rejections).toEqual([]);
    expect(session.body.tags).toMatchObject([{ received: users.length, accepted: users.length }]);
    const [audience] = ground.sandbox.facebook.audiences({ members: true });
    expect(audience).toMatchObject({ name: `blotout_${examples.name as string}`, memberCount: users.length });
    // printf ada@example.com | sha256sum
    const ada = 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72';
    expect(audience!.members!.map(({ columns }) => columns.EMAIL)).toContain(ada);
  });

  it('has an example of POST /audience/preview that works unchanged, and an answer of that shape', async () => {
    const { answer } = await execute('/audience/preview');
    const body = (await answer.json()) as Record<string, unknown>;
    expect([answer.status, body]).toMatchObject([200, { received: 2, tags: [{ sent: 2, skipped: 0 }], warnings: [] }]);
    const { examples } = document.paths['/audience/preview']!.post!.responses['200']!.content!['application/json']!;
    expect(Object.keys(examples!)).toEqual(['preview', 'explain']);
    for (const { value } of Object.values(examples!)) expect(Object.keys(value)).toEqual(Object.keys(body));
    const names = document.paths['/audience/preview']!.post!.parameters!.map(({ name }) => name);
    expect(names.sort()).toEqual(['X-Request-Id', 'channels', 'disablePrefix', 'explain', 'users']);
  });

  it.each(['/docs', '/docs/'])('shows Swagger UI at %s, all of it allowed by the policy in force', async (path) => {
    const page = await fetch(service.origin + path);
    const html = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy')!.split(';');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "script-src 'self'", "object-src 'none'"]));
    // On plain HTTP, which a service on loopback has, this would turn every address of the page into https.
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|javascript:/);
    const links = [...html.matchAll(/<(?:script|link)\b[^>]*(?:src|href)=['"]([^'"]+)['"]/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThanOrEqual(4);
    for (const link of links) {
      const asset = await fetch(new URL(link, page.url));
      const type = /\.js$/.test(link) ? /javascript/ : /\.css$/.test(link) ? /^text\/css/ : /^image\//;
      expect([link, asset.url.startsWith(service.origin), asset.status]).toEqual([link, true, 200]);
      expect([link, asset.headers.get('content-type')]).toEqual([link, expect.stringMatching(type)]);
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });
});

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The places below a schema at which nothing says what is there. */
function untyped(schema: Schema, place: string): string[] {
  const { $ref, type, properties, items, additionalProperties } = schema;
  if ($ref) return [];
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return choices.flatMap((choice, index) => untyped(choice, `${place}(${index})`));
  const types = [type ?? []].flat();
  if (types.length === 0) return [place];
  if (types.includes('array')) return items ? untyped(items, `${place}[]`) : [`${place}[]`];
  if (!types.includes('object')) return [];
  const values = typeof additionalProperties === 'object' ? untyped(additionalProperties, `${place}.*`) : [];
  if (!properties) return additionalProperties ? values : [`${place}.*`];
  return [...values, ...Object.entries(properties).flatMap(([name, each]) => untyped(each, `${place}.${name}`))];
}
