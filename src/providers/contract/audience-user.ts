/**
 * One user as the caller sends it. `null` and `""` were turned into absence at the edge; everything else is as it came:
 * neither trimmed nor checked, which is each platform's own business.
 */
export interface AudienceUser {
  readonly edgeTagId?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** ISO 3166-1 code or English name. */
  readonly country?: string;
  readonly postalCode?: string;
  readonly purchase?: Purchase;
}

export interface Purchase {
  /** ISO 4217 code. */
  readonly currency?: string;
  /** In units of `currency`. */
  readonly profit?: number | string;
  /** Spent in the last seven days, in units of `currency`. */
  readonly total7Days?: number | string;
}
