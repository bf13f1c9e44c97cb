import { ParseUUIDPipe } from '@nestjs/common';
import { invalidRequest } from '../dto-validation.js';

/** For path parameters that are ids of ours. */
export const uuidParameter = new ParseUUIDPipe({
  exceptionFactory: () => invalidRequest({ first: [{ field: 'id', message: 'must be a UUID' }], total: 1 }),
});
