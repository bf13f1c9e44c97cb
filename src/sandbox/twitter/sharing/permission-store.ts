/** What an account was allowed with an audience of another one. Times are milliseconds since 1970. */
export interface Permission {
  readonly id: string;
  readonly audienceId: string;
  readonly grantedAccountId: string;
  readonly createdAt: number;
  level: 'READ_ONLY' | 'READ_WRITE';
  updatedAt: number;
}

const FIRST_ID = 1_480;

/** Who may use whose audiences. */
export class PermissionStore {
  private readonly permissions = new Map<string, Permission>();
  private created = 0;

  reset(): void {
    this.permissions.clear();
    this.created = 0;
  }

  /** The permission of an account for an audience; the same one again with another level when there is one. */
  grant(audienceId: string, grantedAccountId: string, level: Permission['level'], now: number): Permission {
    const known = this.of(audienceId).find((one) => one.grantedAccountId === grantedAccountId);
    if (known !== undefined) {
      known.level = level;
      known.updatedAt = now;
      return known;
    }
    this.created += 1;
    const id = (FIRST_ID + this.created).toString(36);
    const permission = { id, audienceId, grantedAccountId, level, createdAt: now, updatedAt: now };
    this.permissions.set(id, permission);
    return permission;
  }

  revoke(audienceId: string, id: string): Permission | undefined {
    const permission = this.permissions.get(id);
    if (permission?.audienceId !== audienceId) return undefined;
    this.permissions.delete(id);
    return permission;
  }

  of(audienceId: string): Permission[] {
    return [...this.permissions.values()].filter((permission) => permission.audienceId === audienceId);
  }

  levelOf(audienceId: string, account: string): Permission['level'] | undefined {
    return this.of(audienceId).find(({ grantedAccountId }) => grantedAccountId === account)?.level;
  }
}
