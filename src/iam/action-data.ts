/** What AWS's condition keys hold. `ArrayOf…` in AWS's tables is the same type with `multivalued`. */
export type ConditionValueType = "String" | "ARN" | "Bool" | "Date" | "Numeric" | "IPAddress";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
export interface ConditionKeyFacts {
  /** As published, with `*` for the part that varies: `aws:ResourceTag/*`. */
  readonly key: string;
  readonly type: ConditionValueType;
  /** True when a request may carry several values: only set operators (`ForAnyValue:`, `ForAllValues:`) fit it. */
  readonly multivalued: boolean;
}

export interface ResourceTypeFacts {
  readonly name: string;
  /** With `*` for the parts that vary. */
  readonly arn: string;
  /** True when each request names such a resource. */
  readonly required: boolean;
  /** Those of the action with this type and those of the type itself; lower-case, sorted. */
  readonly conditionKeys: readonly string[];
}

export interface ActionFacts {
  /** `s3:GetObject`, in AWS's own spelling. */
  readonly action: string;
  /** `List`, `Read`, `Write`, `Tagging`, `Permissions management`; compound ones split. */
  readonly accessLevels: readonly string[];
  /** ARN patterns of the resource types that it supports, with `*` for the variable parts; empty when it takes only `*`. */
  readonly resourceArns: readonly string[];
  readonly wildcardOnly: boolean;
  /** Condition keys as published, `aws:` ones and the service's, those of the resource types among them; lower-case, sorted. */
  readonly conditionKeys: readonly string[];
  /** Sorted by name. */
  readonly resourceTypes: readonly ResourceTypeFacts[];
}

/** A frozen, synchronous view of the loaded services; look-ups ignore case, as IAM does. */
export interface ActionData {
  /** The day of the data, `YYYY-MM-DD`. */
  readonly snapshotDate: string;
  /** The prefixes of the loaded services, sorted. */
  readonly services: readonly string[];
  /** True when such a service prefix exists at all (loaded or not). */
  knowsService(prefix: string): boolean;
  /** Every service prefix that exists, sorted: for guessing what was meant. */
  serviceNames(): readonly string[];
  /** The service's action names in AWS's spelling, sorted; empty when it was not loaded. */
  actionNames(prefix: string): readonly string[];
  /** `action` is `service:Name`. */
  find(action: string): ActionFacts | undefined;
  /**
   * Of AWS's global keys and those of the loaded services; what varies is matched (`aws:ResourceTag/Team`).
   * Undefined: not known, which proves nothing about a service that was not loaded.
   */
  conditionKey(key: string): ConditionKeyFacts | undefined;
  /** The actions of the loaded services that a pattern such as `s3:Get*` or `*` names, in AWS's spelling, sorted. */
  expand(pattern: string): readonly string[];
}
