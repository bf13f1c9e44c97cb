/** What a session does with its users: adds them, makes the audience consist of them, or takes them out. */
export const UPLOAD_MODES = ['append', 'mirror', 'remove'] as const;
export type UploadMode = (typeof UPLOAD_MODES)[number];

/** Why there is a session: a caller's upload; users added or removed by hand; or work that the service gave itself. */
export const SESSION_ORIGINS = ['upload', 'users', 'refresh', 'leavers', 'erasure'] as const;
export type SessionOrigin = (typeof SESSION_ORIGINS)[number];
