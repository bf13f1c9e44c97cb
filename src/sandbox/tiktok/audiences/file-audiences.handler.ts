import { type FileStore } from '../files/file-store.js';
import { CREATE_TYPES } from '../files/calculate-types.js';
import { type Fields, type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter, TikTokError } from '../tiktok-error.js';
import { type FileAction, type TikTokAudience } from './audience.js';
import { coverOf, isExpired, noteHistory } from './audience-progress.js';
import { type AudienceStore } from './audience-store.js';

const MAX_NAME_LENGTH = 128;
const MAX_FILES = 500;
const PATH_LENGTH = 16;
const MAX_RETENTION_DAYS = 365;
const MAX_DELETED = 100;

/**
 * Creates, changes and deletes audiences made of files.
 * https://business-api.tiktok.com/portal/docs?id=1739940570793985 and 1739940572667906, 1739940539757569
 */
export class FileAudiencesHandler {
  constructor(
    private readonly store: AudienceStore,
    private readonly files: FileStore,
  ) {}

  create({ fields, token }: TikTokCall): TikTokAnswer {
    fields.require('advertiser_id', 'custom_audience_name', 'calculate_type', 'file_paths');
    const advertiserId = fields.advertiserId();
    const name = fields.name('custom_audience_name', MAX_NAME_LENGTH) ?? '';
    const calculateType = fields.text('calculate_type') ?? '';
    if (!CREATE_TYPES.includes(calculateType)) throw wrongType();
    const paths = filePaths(fields) ?? [];
    const subType = fields.oneOf('audience_sub_type', ['NORMAL', 'REACH_FREQUENCY']) ?? 'NORMAL';
    const retentionDays = fields.integer('retention_in_days', 1, MAX_RETENTION_DAYS);
    this.store.gate.requireAdvertiser(token, advertiserId);
    const keys = this.files.take(paths, advertiserId, calculateType);
    const audience = this.store.create({
      advertiserId,
      type: 'Customer File Audience',
      calculateType,
      name,
      subType,
      ...(retentionDays === undefined ? {} : { retentionDays }),
    });
    audience.job = { action: 'CREATE', keys, startedAt: this.store.now() };
    return { data: { custom_audience_id: audience.id } };
  }

  update({ fields, token }: TikTokCall): TikTokAnswer {
    fields.require('advertiser_id', 'custom_audience_id');
    const advertiser = fields.advertiserId();
    const id = fields.id('custom_audience_id');
    const subType = fields.oneOf('audience_sub_type', ['REACH_FREQUENCY']);
    const name = fields.name('custom_audience_name', MAX_NAME_LENGTH);
    const paths = filePaths(fields);
    const action = fields.oneOf('action', ['APPEND', 'REMOVE', 'REPLACE']) ?? 'REPLACE';
    if (name === undefined && paths === undefined && subType === undefined) {
      throw invalidParameter('Missing required field(s): custom_audience_name or file_paths.');
    }
    this.store.gate.requireAdvertiser(token, advertiser);
    const audience = this.store.owned([advertiser], id);
    this.checkEditable(audience, subType === undefined && paths === undefined);
    if (subType !== undefined) {
      // A change of the sub type makes the platform ignore all other fields.
      audience.subType = subType;
      return { data: {} };
    }
    const answer = paths === undefined ? { data: {} } : this.startJob(audience, action, paths);
    if (name !== undefined) audience.name = name;
    audience.modifiedAt = this.store.now();
    return answer;
  }

  /** All of them or none. */
  delete({ fields, token }: TikTokCall): TikTokAnswer {
    fields.require('advertiser_id', 'custom_audience_ids');
    const advertiser = fields.advertiserId();
    const ids = fields.ids('custom_audience_ids', MAX_DELETED) ?? [];
    this.store.gate.requireAdvertiser(token, advertiser);
    for (const id of ids) {
      const audience = this.store.owned([advertiser], id);
      if (audience.type === 'Partner') {
        throw invalidParameter(`custom_audience_ids: Audience ${id} is a segment.`);
      }
      if (audience.lookalike !== undefined && audience.adGroups.length > 0) {
        throw invalidParameter('The lookalike audience is used by ad groups. Disconnect it before you delete it.');
      }
    }
    for (const id of ids) this.store.delete(id);
    return { data: {} };
  }

  private startJob(audience: TikTokAudience, action: FileAction, paths: readonly string[]): TikTokAnswer {
    const rows = this.files.take(paths, audience.advertiserId, audience.calculateType);
    const keys = rows.slice(audience.skipRows);
    audience.job = { action, keys, startedAt: this.store.now() };
    const skipped = rows.length - keys.length;
    if (skipped === 0) return { data: {} };
    noteHistory(audience, action.toLowerCase(), this.store.now(), `${skipped} rows were not processed.`);
    return { data: {}, partial: 'Partially successful.' };
  }

  /** One change at a time, and none of an audience that turned out empty. */
  private checkEditable(audience: TikTokAudience, renameOnly: boolean): void {
    if (audience.type !== 'Customer File Audience') {
      if (renameOnly && (audience.type !== 'Partner' || this.store.settings.renameSegments)) return;
      throw invalidParameter('The type of the audience does not support this operation.');
    }
    const now = this.store.now();
    if (audience.job !== undefined || coverOf(audience, now) === 0 || isExpired(audience, now)) {
      throw invalidParameter('The audience is not editable.');
    }
  }
}

function filePaths(fields: Fields): string[] | undefined {
  const paths = fields.list('file_paths');
  if (paths === undefined) return undefined;
  if (paths.length < 1 || paths.length > MAX_FILES) {
    throw invalidParameter(`file_paths: The length of the list must be between 1 and ${MAX_FILES}.`);
  }
  return paths.map((path, index) => {
    if (typeof path === 'string' && path.length === PATH_LENGTH && paths.indexOf(path) === index) return path;
    throw invalidParameter(`file_paths[${index}]: The values must be unique and of ${PATH_LENGTH} characters.`);
  });
}

function wrongType(): TikTokError {
  return new TikTokError(40909, 'The calculate_type is not supported.');
}
