import type { MultipartForm } from '../../common/multipart-json.js';
import { UploadAudienceDto } from './upload-audience.dto.js';
import { UploadOptionsDto } from './upload-options.dto.js';

/** Ample for the small parts. */
const SMALL_PART_BYTES = 4_096;

/** The form of `POST /audience`. */
export const UPLOAD_FORM: MultipartForm = {
  body: UploadAudienceDto,
  query: UploadOptionsDto,
  parts: {
    name: { as: 'text', maxBytes: SMALL_PART_BYTES },
    type: { as: 'text', maxBytes: SMALL_PART_BYTES },
    batch: { as: 'json', maxBytes: SMALL_PART_BYTES },
    users: { as: 'array', maxItems: (config) => config.maxUsersPerBatch, bytesAs: 'usersBytes' },
  },
};
