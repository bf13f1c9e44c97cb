import type { MultipartForm } from '../../../common/multipart-json.js';
import { UPLOAD_FORM } from '../../dto/upload-form.js';
import { PreviewOptionsDto } from './preview-options.dto.js';

/** The form of `POST /audience/preview`: that of `POST /audience`, with a query of its own. */
export const PREVIEW_FORM: MultipartForm = { ...UPLOAD_FORM, query: PreviewOptionsDto };
