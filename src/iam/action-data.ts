/** AWS's published facts of one action. */
export interface ActionFacts {
  /** `s3:GetObject`, in AWS's own spelling. */
  readonly action: string;
  /** `List`, `Read`, `Write`, `Tagging`, `Permissions management`; compound ones split. */
  readonly accessLevels: readonly string[];
  /** ARN patterns of the resource types that it supports, with `*` for the variable parts; empty when it takes only `*`. */
  readonly resourceArns: readonly string[];
  readonly wildcardOnly: boolean;
  /** Condition keys as published, `aws:` ones and the service's; lower-case. */
  readonly conditionKeys: readonly string[];
}

/** A frozen, synchronous view of the loaded services; look-ups ignore case, as IAM does. */
export interface ActionData {
  /** The day of the data, `YYYY-MM-DD`. */
  readonly snapshotDate: string;
  /** True when such a service prefix exists at all (loaded or not). */
  knowsService(prefix: string): boolean;
  /** The service's action names in AWS's spelling, sorted; empty when it was not loaded. */
  actionNames(prefix: string): readonly string[];
  /** `action` is `service:Name`. */
  find(action: string): ActionFacts | undefined;
}
