/**
 * What IAM reports about a role: the last attempt to access each service that its policies allow, denied attempts
 * included.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceLastAccessed.html
 */
export interface RoleAccess {
  readonly reportedAtMs: number;
  /** By service prefix in lower case. A service that is not in the map is not covered by the report. */
  readonly services: ReadonlyMap<string, ServiceAccess>;
}

export interface ServiceAccess {
  /** Null: no attempt within the tracking period. */
  readonly lastAtMs: number | null;
  /**
   * Tracked actions by name in lower case; null: no attempt. Without its action in the map, nothing is known of it: AWS
   * lists no actions of a service of which no tracked action was attempted.
   */
  readonly actions: ReadonlyMap<string, number | null>;
}
