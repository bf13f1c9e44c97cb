/** What is needed of a Google discovery document: https://developers.google.com/discovery/v1/reference/apis */
export interface DiscoveryDocument {
  readonly servicePath: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

interface Resource {
  readonly methods?: Readonly<Record<string, Method>>;
  readonly resources?: Readonly<Record<string, Resource>>;
}

interface Method {
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly request?: { readonly $ref: string };
}

interface Parameter {
  readonly location: 'path' | 'query';
  readonly required?: boolean;
  readonly pattern?: string;
  readonly type: string;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly readOnly?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** A request as the sandbox has logged it. */
interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  int64: /^-?\d{1,19}$/,
  'google-duration': /^-?\d+(?:\.\d{1,9})?s$/,
  'google-datetime': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/,
};

/** Holds requests against Google's own description of an API. */
export class DiscoveryRequests {
  private readonly methods: readonly Method[];

  constructor(private readonly document: DiscoveryDocument) {
    this.methods = Object.values(document.resources).flatMap(methodsOf);
  }

  /** What is wrong with a request, in words; nothing when it is as described. */
  problems(request: SentRequest): string[] {
    const path = request.path.replace(/^\//, '').slice(this.document.servicePath.length);
    const method = this.methods.find((one) => one.httpMethod === request.method && pathPattern(one).test(path));
    if (!method) return [`${request.method} ${path} is not described`];
    return [...this.queryProblems(method, request), ...this.bodyProblems(method, request)].map(
      (problem) => `${request.method} ${path}: ${problem}`,
    );
  }

  private queryProblems({ parameters = {} }: Method, { query }: SentRequest): string[] {
    const known = { ...this.document.parameters, ...parameters };
    return Object.entries(query).flatMap(([name, value]) => {
      const parameter = Object.hasOwn(known, name) ? (known[name] as Parameter) : undefined;
      if (!parameter || parameter.location !== 'query') return [`parameter ${name} is not described`];
      return parameter.type === 'integer' && !/^-?\d+$/.test(String(value)) ? [`parameter ${name} is no integer`] : [];
    });
  }

  private bodyProblems({ request }: Method, { body }: SentRequest): string[] {
    if (!request) return body === undefined ? [] : ['has a body'];
    return this.valueProblems(body, { $ref: request.$ref }, 'body');
  }

  private valueProblems(value: unknown, given: Schema, at: string): string[] {
    const schema = given.$ref === undefined ? given : this.document.schemas[given.$ref];
    if (!schema) return [`${at} has a type that is not described`];
    if (schema.type === 'object') return this.objectProblems(value, schema, at);
    if (schema.type === 'string') return textProblems(value, schema, at);
    if (schema.type !== 'array') return typeof value === schema.type ? [] : [`${at} is no ${schema.type ?? 'value'}`];
    if (!Array.isArray(value)) return [`${at} is no array`];
    return value.flatMap((item, index) => this.valueProblems(item, schema.items ?? {}, `${at}[${index}]`));
  }

  private objectProblems(value: unknown, { properties = {} }: Schema, at: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
    return Object.entries(value).flatMap(([name, field]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (!schema) return [`${at}.${name} is not described`];
      return schema.readOnly ? [`${at}.${name} is read only`] : this.valueProblems(field, schema, `${at}.${name}`);
    });
  }
}

function textProblems(value: unknown, { format = '', enum: words }: Schema, at: string): string[] {
  if (typeof value !== 'string') return [`${at} is no text`];
  if (words && !words.includes(value)) return [`${at} is none of ${words.join(', ')}`];
  return FORMATS[format]?.test(value) === false ? [`${at} is not in the format ${format}`] : [];
}

function methodsOf({ methods = {}, resources = {} }: Resource): Method[] {
  return [...Object.values(methods), ...Object.values(resources).flatMap(methodsOf)];
}

/** `v1/{+parent}/userLists`, where the parameter has a pattern of its own. */
function pathPattern({ path, parameters = {} }: Method): RegExp {
  const parts = path.split(/(\{\+?\w+\})/).map((part) => {
    const name = /^\{\+?(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
    return parameters[name]?.pattern?.replaceAll(/^\^|\$$/g, '') ?? '[^/]+';
  });
  return new RegExp(`^${parts.join('')}$`);
}
