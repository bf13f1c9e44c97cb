import type { MultipartForm } from '../../../common/multipart-json.js';
import { HEAD_PARTS } from '../../dto/upload-form.js';
import { AudienceFormDto } from '../../dto/audience-form.dto.js';
import { PreviewOptionsDto } from './preview-options.dto.js';

/** The form of `POST /audience/preview`: that of `POST /audience` with users in memory, and a query of its own. */
export const PREVIEW_FORM: MultipartForm = {
  body: AudienceFormDto,
  query: PreviewOptionsDto,
  parts: { ...HEAD_PARTS, users: { as: 'array', maxItems: (config) => config.maxUsersPerBatch } },
};
