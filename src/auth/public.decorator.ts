import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'auth:public';

/** Opens a handler or a controller to callers without a key, and takes it out of the rate limit. */
export const Public = (): CustomDecorator => SetMetadata(IS_PUBLIC, true);
