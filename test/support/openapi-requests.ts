import { Ajv, type ValidateFunction } from 'ajv';
import formatsPlugin from 'ajv-formats';

/** What is needed of a platform's own description of its API. */
interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>;
  readonly components?: object;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

/** A request as the sandbox has logged it. */
interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Holds requests against the platform's own OpenAPI description. */
export class OpenApiRequests {
  private readonly ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });

  constructor(
    private readonly document: OpenApiDocument,
    private readonly basePath = '',
  ) {
    formatsPlugin.default(this.ajv);
    this.ajv.addSchema({ $id: 'document', ...(withoutLooseNullable(document) as object) });
  }

  /** What is wrong with a request, in words; nothing when it is as described. */
  problems(request: SentRequest): string[] {
    const path = request.path.slice(this.basePath.length);
    const template = Object.keys(this.document.paths).find((candidate) => pattern(candidate).test(path));
    const operation =
      template === undefined ? undefined : this.document.paths[template]?.[request.method.toLowerCase()];
    if (!operation) return [`${request.method} ${path} is not described`];
    return [...parameterProblems(operation, request), ...this.bodyProblems(operation, request)].map(
      (problem) => `${request.method} ${path}: ${problem}`,
    );
  }

  private bodyProblems({ requestBody }: Operation, { body }: SentRequest): string[] {
    if (!requestBody) return body === undefined ? [] : ['has a body'];
    const [content] = Object.values(requestBody.content);
    const validate = this.validator(content!.schema);
    validate(body);
    const unknown = Object.keys(body as object).filter((field) => !knows(content!.schema, field));
    const wrong = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    return [...wrong, ...unknown.map((field) => `${field} is not described`)];
  }

  /** References point into the whole document. */
  private validator(schema: object): ValidateFunction {
    const reference = (schema as { $ref?: string }).$ref;
    return this.ajv.compile(reference ? { $ref: `document${reference}` } : (withoutLooseNullable(schema) as object));
  }
}

function parameterProblems({ parameters = [] }: Operation, { query, headers }: SentRequest): string[] {
  const described = (where: string) => parameters.filter((parameter) => parameter.in === where);
  const unknown = Object.keys(query).filter((name) => !described('query').some((parameter) => parameter.name === name));
  const missing = described('header').filter(({ name, required }) => required && !headers[name.toLowerCase()]);
  return [
    ...unknown.map((name) => `parameter ${name} is not described`),
    ...missing.map(({ name }) => `header ${name} is missing`),
  ];
}

function pattern(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

function knows(schema: object, field: string): boolean {
  const { properties } = schema as { properties?: object };
  return properties === undefined || Object.hasOwn(properties, field);
}

/** OpenAPI 3.0 allows `nullable` beside `oneOf` and the like, JSON Schema validators only beside `type`. */
function withoutLooseNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLooseNullable);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLooseNullable(inner)]));
  if (copy.nullable !== true || copy.type !== undefined) return copy;
  const { nullable: _nullable, ...schema } = copy;
  return { anyOf: [schema, { type: 'null' }] };
}
