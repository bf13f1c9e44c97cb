import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Scope } from '../config/config.js';

export const REQUIRED_SCOPE = 'auth:scope';

/** The scope that a key needs here. Without this decorator only `admin` will do. */
export const RequireScope = (scope: Scope): CustomDecorator => SetMetadata(REQUIRED_SCOPE, scope);
