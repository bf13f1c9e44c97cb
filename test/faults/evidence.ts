import type { PlannedFault } from '../../src/sandbox/fault-plan.js';
import type { AudienceView } from '../../src/sandbox/simulator.js';
import type { SessionDetailDto } from '../../src/sessions/dto/session.dto.js';
import { type DumpedColumn, dumpDatabase } from '../support/database-dump.js';
import { get } from '../support/upload.js';
import type { DatabaseServer } from './database-server.js';
import type { Fleet } from './fleet.js';
import type { InputSession, Platform, Tag } from './input.js';
import type { OutageWatch } from './outage-watch.js';
import { EU_ACCOUNT, PLATFORMS, UPLOADS } from './plan.js';
import { type Chunk, type ChunkHistory, chunkHistories } from './repeats.js';
import type { SandboxProcess } from './sandbox-process.js';
import { type Upload, UploadReader } from './upload-log.js';
import type { Uploader } from './uploader.js';

/** An audience on its platform, with the tag whose account it is in. */
export type TagAudience = AudienceView & { readonly tag: Tag };

/** What the storm happens on. */
export interface Ground {
  readonly database: DatabaseServer;
  readonly sandbox: SandboxProcess;
  readonly env: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
  readonly watch: OutageWatch;
}

/** What there is to see when the storm is over. */
export interface Findings extends Ground {
  readonly seed: number;
  readonly sessions: readonly InputSession[];
  readonly restarts: number;
  readonly uploader: Uploader;
  readonly faults: readonly PlannedFault[];
}

/** All of it, read once, so that each check looks at the same. */
export interface Evidence extends Findings {
  /** As the service tells them. */
  readonly details: readonly SessionDetailDto[];
  readonly audiences: readonly TagAudience[];
  readonly uploads: readonly Upload[];
  readonly histories: readonly ChunkHistory[];
  /** Uploads of chunks that were never recorded. */
  readonly strays: readonly Upload[];
  readonly dump: readonly DumpedColumn[];
  readonly payloadsLeft: number;
  readonly logs: string;
  readonly exitCodes: readonly (number | null)[];
}

/** Ends the service in order and reads everything. */
export async function gather(findings: Findings): Promise<Evidence> {
  const { database, fleet, sandbox, sessions, uploader } = findings;
  const [api = ''] = fleet.apis();
  const details: SessionDetailDto[] = [];
  for (const location of uploader.locations)
    details.push((await get(api + location)).body as unknown as SessionDetailDto);
  const exitCodes = await fleet.stop();
  const audiences: TagAudience[] = [];
  const uploads: Upload[] = [];
  const reader = new UploadReader(sessions);
  for (const platform of PLATFORMS) {
    const found = (await sandbox.audiences(platform)).map((one) => ({ ...one, tag: tagOf(platform, one) }));
    audiences.push(...found);
    const { requests } = await sandbox.requests(platform, 'POST', UPLOADS[platform]);
    uploads.push(...reader.read(platform, requests, new Map(found.map(({ id, tag }) => [id, tag]))));
  }
  const chunks = chunkHistories(await database.query<Chunk>(CHUNKS), uploads);
  const dump = await dumpDatabase(database.url);
  const [left] = await database.query<{ count: number }>(PAYLOADS);
  const rest = { payloadsLeft: left!.count, logs: fleet.logs(), exitCodes };
  return { ...findings, details, audiences, uploads, ...chunks, dump, ...rest };
}

const PAYLOADS = 'select count(*)::int as count from batches where payload is not null';

const CHUNKS = `
  select d.provider || '/' || d.tag as tag, s.session_id::float8 as "sessionId", b.sequence,
    c.first_user as "firstUser", c.end_user as "endUser", c.sent,
    (extract(epoch from c.recorded_at) * 1000)::float8 as "recordedAt"
  from checkpoints c
  join deliveries d on d.id = c.delivery
  join batches b on b.id = d.batch
  join sessions s on s.id = d.session`;

/** Only Facebook has two tags: their accounts tell them apart. */
function tagOf(platform: Platform, { account }: AudienceView): Tag {
  if (platform === 'facebook') return account === EU_ACCOUNT ? 'facebook/eu' : 'facebook/default';
  return `${platform}/default`;
}
