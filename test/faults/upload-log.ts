import type { LoggedRequest } from '../../src/sandbox/request-log.js';
import { identifiersOf, type InputSession, type Platform, type Tag } from './input.js';

/** Where a row stands in the input. */
export interface Place {
  readonly sessionId: number;
  readonly sequence: number;
  /** Of the user in the batch. */
  readonly user: number;
}

/** One request with rows of users that a platform carried out, whether or not its answer arrived. */
export interface Upload {
  readonly tag: Tag;
  readonly audience: string;
  readonly place: Place;
  readonly rows: number;
  /** When it reached the platform, ms since 1970. */
  readonly at: number;
  /** Process id of the worker. */
  readonly sender: number;
  /** The platform did its part and cut the connection instead of answering. */
  readonly isAnswerLost: boolean;
}

/** Faults that stand in the platform's place: it did nothing then, whatever the status. */
const NOT_DONE = ['status', 'rate-limit', 'error', 'timeout', 'drop'];

/** What is told of the people of one request, row by row. */
type Rows = readonly (readonly unknown[])[];

interface Form {
  readonly rows: (body: unknown) => Rows;
  readonly audience: (request: LoggedRequest) => string;
}

interface MappingBody {
  readonly batch_data: readonly (readonly { readonly id?: string; readonly audience_ids?: readonly string[] }[])[];
}

interface ImportBody {
  readonly data: {
    readonly attributes: { readonly profiles: { readonly data: readonly { readonly attributes: object }[] } };
    readonly relationships: { readonly lists: { readonly data: readonly { readonly id: string }[] } };
  };
}

/** How each platform's uploads are read; one request is for one audience. */
const FORMS: Readonly<Record<Platform, Form>> = {
  facebook: {
    rows: (body) => (body as { payload: { data: Rows } }).payload.data,
    audience: ({ path }) => path.split('/').at(-2)!,
  },
  tiktok: {
    rows: (body) => (body as MappingBody).batch_data.map((row) => row.map(({ id }) => id)),
    audience: ({ body }) => (body as MappingBody).batch_data[0]!.find((slot) => slot.audience_ids)!.audience_ids![0]!,
  },
  klaviyo: {
    rows: (body) =>
      (body as ImportBody).data.attributes.profiles.data.map(
        ({ attributes }) => Object.values(attributes) as unknown[],
      ),
    audience: ({ body }) => (body as ImportBody).data.relationships.lists.data[0]!.id,
  },
};

/** Reads what the platforms logged. */
export class UploadReader {
  private readonly places = new Map<unknown, Place | undefined>();

  constructor(sessions: readonly InputSession[]) {
    for (const { sessionId, batches } of sessions) {
      for (const { sequence, users } of batches)
        users.forEach((one, user) => this.learn(one, { sessionId, sequence, user }));
    }
  }

  /**
   * The uploads among the requests of one platform that it carried out.
   *
   * @param tagOf by the audience's id
   */
  read(platform: Platform, requests: readonly LoggedRequest[], tagOf: ReadonlyMap<string, Tag>): Upload[] {
    const { rows, audience } = FORMS[platform];
    return requests.filter(isDone).map((request) => {
      const sent = rows(request.body);
      const place = sent
        .flat()
        .map((value) => this.places.get(value))
        .find((found) => found !== undefined);
      const id = audience(request);
      const tag = tagOf.get(id);
      if (!place || !tag) throw new Error(`Request ${request.id} to ${platform} holds nobody of the input`);
      return {
        tag,
        audience: id,
        place,
        rows: sent.length,
        at: Date.parse(request.at),
        sender: Number(request.headers['x-sent-by']),
        isAnswerLost: request.fault === 'drop-after',
      };
    });
  }

  private learn(user: InputSession['batches'][number]['users'][number], place: Place): void {
    // Whoever comes twice does not tell where.
    for (const value of identifiersOf(user)) this.places.set(value, this.places.has(value) ? undefined : place);
  }
}

function isDone({ fault, status, appliedStatus, body }: LoggedRequest): boolean {
  const answered = status ?? appliedStatus;
  return (
    body !== undefined && answered !== undefined && answered >= 200 && answered < 300 && !NOT_DONE.includes(fault ?? '')
  );
}
