import { randomUUID } from 'node:crypto';
import { ApiError, notFound } from '../api/api-error.js';
import { jobId } from '../ids.js';
import { type KlaviyoAccount } from '../klaviyo-account.js';
import { isPhone } from '../profiles/identifiers.js';
import { type Profile } from '../profiles/profile.js';
import { type ProfileRow } from '../profiles/profile-row.js';
import { ImportJob, type ImportPlan } from './import-job.js';

/** Why a row fails: the attribute at fault and what the platform says. */
class RowRefusal extends Error {
  constructor(
    message: string,
    readonly attribute = '',
    readonly code = 'invalid',
  ) {
    super(message);
    this.name = 'RowRefusal';
  }
}

/** The bulk imports of an account. https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api */
export class ImportStore {
  private readonly jobs = new Map<string, ImportJob>();
  /** Those with rows still to come. */
  private open: ImportJob[] = [];
  private serial = 0;

  constructor(private readonly account: KlaviyoAccount) {}

  all(now: number): ImportJob[] {
    return [...this.jobs.values()].filter(({ expiresAt }) => now < expiresAt);
  }

  /** The job, or a 404 once it has expired. */
  require(id: string, now: number): ImportJob {
    const job = this.jobs.get(id);
    if (job === undefined || now >= job.expiresAt) throw notFound('Invalid job id');
    return job;
  }

  /** Takes rows in; they are worked on as time passes. */
  create(rows: readonly ProfileRow[], listIds: readonly string[], now: number): ImportJob {
    const { id, settings, lists } = this.account;
    const hooked = listIds.map((listId) => lists.find(listId)).filter((list) => list !== undefined);
    const plan: ImportPlan = {
      id: jobId(id),
      serial: (this.serial += 1),
      createdAt: now,
      durationMs: settings.jobMs,
      rows,
      listIds,
      failRows: Math.max(0, ...hooked.map(({ failRows }) => Math.min(failRows, rows.length))),
      isCancelled: hooked.some(({ cancelImports }) => cancelImports > 0),
    };
    for (const list of hooked) {
      list.failRows = Math.max(0, list.failRows - plan.failRows);
      list.cancelImports = Math.max(0, list.cancelImports - 1);
      list.rowsReceived += rows.length;
    }
    const job = new ImportJob(plan);
    this.jobs.set(plan.id, job);
    this.open.push(job);
    return job;
  }

  /** Works on the rows that are due, job after job. */
  catchUp(now: number): void {
    for (const job of this.open) {
      const due = job.dueRows(now);
      if (due === job.done) continue;
      // What was due before the job began does not see its rows.
      this.account.evaluate(job.startsAt);
      const at = Math.min(now, job.endsAt);
      for (; job.done < due; job.done += 1) this.work(job, job.done, at);
      this.account.changed(at);
    }
    this.open = this.open.filter((job) => now < job.endsAt);
  }

  private work(job: ImportJob, index: number, at: number): void {
    const row = job.plan.rows[index];
    if (row === undefined) return;
    try {
      if (index < job.plan.failRows) throw new RowRefusal('The profile could not be processed.');
      const profile = this.import(row, at);
      job.profiles.set(profile.id, profile);
      job.accepted += 1;
      for (const listId of job.plan.listIds) this.account.lists.find(listId)?.add(profile, at);
    } catch (error) {
      if (!(error instanceof RowRefusal)) throw error;
      const pointer = `/data/attributes/profiles/data/${index}/attributes`;
      job.errors.push({
        id: randomUUID(),
        serial: job.errors.length,
        code: error.code,
        title: 'Invalid input.',
        detail: error.message,
        pointer: error.attribute === '' ? pointer : `${pointer}/${error.attribute}`,
        payload: payloadOf(row),
      });
    }
  }

  private import(row: ProfileRow, at: number): Profile {
    const { profiles, settings } = this.account;
    this.checkIdentified(row);
    const known = profiles.meantBy(row);
    if (known === undefined && row.id !== undefined) throw new RowRefusal('The profile does not exist.');
    const conflict = settings.identifierConflict === 'drop' ? 'drop' : 'refuse';
    try {
      return profiles.write(known, row, { nulls: 'ignore', conflict }, at);
    } catch (error) {
      if (error instanceof ApiError) throw new RowRefusal(error.message, '', 'duplicate_profile');
      throw error;
    }
  }

  /** A bad phone is dropped without a word; with nothing else left there is nobody to write to. */
  private checkIdentified({ id, attributes }: ProfileRow): void {
    if (id !== undefined || attributes['email'] || attributes['external_id']) return;
    const phone = attributes['phone_number'];
    if (typeof phone !== 'string' || phone === '') throw new RowRefusal('The profile does not exist.', '_kx');
    if (!isPhone(phone)) {
      const detail = 'Invalid phone number format (Example of a valid format: +12345678901)';
      throw new RowRefusal(detail, 'phone_number');
    }
    if (!this.account.settings.smsEnabled) {
      throw new RowRefusal('SMS is not set up for this account: another identifier is required.', 'phone_number');
    }
  }
}

/** The row without its envelope. */
function payloadOf({ id, attributes, location, properties }: ProfileRow): Record<string, unknown> {
  return {
    ...(id === undefined ? {} : { id }),
    ...attributes,
    ...(Object.keys(location).length === 0 ? {} : { location }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}
