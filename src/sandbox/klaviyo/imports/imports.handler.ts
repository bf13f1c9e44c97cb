import { filtered, type FilterFields } from '../collections/filter-fields.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';
import { pageOf } from '../collections/page.js';
import { related, sparse } from '../api/resource.js';
import { seconds, secondsOrNull } from '../api/timestamps.js';
import { memberPage, PAGE_PARAMETERS } from '../profiles/profile-pages.js';
import { PROFILE_PARAMETERS } from '../profiles/profile-view.js';
import { type ImportJob } from './import-job.js';
import { IMPORT_TYPE, readImport } from './import-request.js';

const SIZES = { default: 20, max: 100 };
const FIELDS = [`fields[${IMPORT_TYPE}]`];

/** Bulk imports. https://developers.klaviyo.com/en/reference/bulk_import_profiles */
export class ImportsHandler {
  operations(): OperationTable {
    const readJobs = { scopes: ['lists:read', 'profiles:read'], rate: RATES.m };
    const readRows = { scopes: ['profiles:read'], rate: RATES.m };
    return {
      'GET /api/profile-bulk-import-jobs': {
        ...readJobs,
        parameters: [...FIELDS, ...PAGE_PARAMETERS, 'filter', 'sort'],
        answer: (call) => this.list(call),
      },
      'POST /api/profile-bulk-import-jobs': {
        scopes: ['lists:write', 'profiles:write'],
        rate: RATES.m,
        parameters: FIELDS,
        answer: (call) => this.create(call),
      },
      'GET /api/profile-bulk-import-jobs/:id': {
        ...readJobs,
        parameters: [...FIELDS, 'fields[list]', 'include'],
        answer: (call) => one(call, 200, jobOf(call)),
      },
      'GET /api/profile-bulk-import-jobs/:id/import-errors': {
        ...readRows,
        parameters: [...PAGE_PARAMETERS, 'fields[import-error]'],
        answer: (call) => this.errors(call),
      },
      'GET /api/profile-bulk-import-jobs/:id/profiles': {
        ...readRows,
        parameters: [...PAGE_PARAMETERS, ...PROFILE_PARAMETERS],
        answer: (call) => imported(call, 'profiles'),
      },
      'GET /api/profile-bulk-import-jobs/:id/relationships/profiles': {
        ...readRows,
        parameters: PAGE_PARAMETERS,
        answer: (call) => imported(call, 'identifiers'),
      },
    };
  }

  private list(call: ApiCall): Answer {
    const fields: FilterFields<ImportJob> = {
      status: { kind: 'text', operators: ['any', 'equals'], read: (job) => job.status(call.now) },
    };
    const sort = call.query.names('sort', ['created_at', '-created_at'])?.[0];
    const page = pageOf(
      call,
      {
        items: filtered(call, call.account.imports.all(call.now), fields),
        place: ({ plan }) => [plan.createdAt, plan.serial],
        descending: sort === '-created_at',
      },
      SIZES,
    );
    return { status: 200, body: { data: page.items.map((job) => view(call, job)), links: page.links } };
  }

  private create(call: ApiCall): Answer {
    const { rows, listIds } = readImport(call);
    return one(call, 202, call.account.imports.create(rows, listIds, call.now), 'queued');
  }

  private errors(call: ApiCall): Answer {
    const { errors } = jobOf(call);
    const page = pageOf(call, { items: errors, place: ({ serial }) => [0, serial] }, SIZES);
    const data = page.items.map(({ id, code, title, detail, pointer, payload }) => ({
      type: 'import-error',
      id,
      attributes: sparse(call.query, 'import-error', {
        code,
        title,
        detail,
        source: { pointer },
        original_payload: payload,
      }),
    }));
    return { status: 200, body: { data, links: page.links } };
  }
}

function jobOf(call: ApiCall): ImportJob {
  return call.account.imports.require(call.id, call.now);
}

function imported(call: ApiCall, form: 'profiles' | 'identifiers'): Answer {
  const profiles = [...jobOf(call).profiles.values()].map((profile) => ({ profile }));
  return memberPage(call, profiles, form, {});
}

function one(call: ApiCall, status: number, job: ImportJob, jobStatus = job.status(call.now)): Answer {
  const included = call.query.names('include', ['lists']) === undefined ? {} : { included: [] };
  const data = view(call, job, jobStatus);
  return { status, body: { data, ...included, links: { self: `${call.origin}${call.path}` } } };
}

function view(call: ApiCall, job: ImportJob, status = job.status(call.now)): object {
  const { plan } = job;
  const base = `${call.origin}/api/profile-bulk-import-jobs/${plan.id}/`;
  const isOver = status === 'complete' || status === 'cancelled';
  const attributes = {
    status,
    created_at: seconds(plan.createdAt),
    total_count: plan.rows.length,
    completed_count: job.accepted,
    failed_count: job.errors.length,
    completed_at: secondsOrNull(isOver ? job.endsAt : undefined),
    expires_at: seconds(job.expiresAt),
    started_at: secondsOrNull(status === 'queued' ? undefined : job.startsAt),
  };
  const { profiles, lists } = related(base, ['profiles', 'lists']);
  return {
    type: IMPORT_TYPE,
    id: plan.id,
    attributes: sparse(call.query, IMPORT_TYPE, attributes),
    relationships: {
      lists: { data: plan.listIds.map((id) => ({ type: 'list', id })), ...lists },
      profiles,
      'import-errors': { links: { related: `${base}import-errors/` } },
    },
    links: { self: base },
  };
}
