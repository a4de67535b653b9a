/** The Lambda of one account and region, as plain JSON. */
export interface LambdaState {
  /** By function name. */
  readonly functions: Record<string, FunctionState>;
  readonly eventSourceMappings: EventSourceMapping[];
  /** The duration of a create or an update of a function. */
  updateMs: number;
}

export interface FunctionState {
  readonly name: string;
  /** `$LATEST` and the published versions, by version; published ones never change. */
  readonly versions: Record<string, FunctionVersion>;
  /** The highest published number; numbers are not reused. */
  lastVersion: number;
  readonly aliases: Record<string, AliasState>;
  /** By qualifier; `$LATEST` holds the policy of the unqualified function. */
  readonly policies: Record<string, FunctionPolicy>;
  readonly tags: Record<string, string>;
  /** Whether it had tags before and has none now: the Tagging API still shows it. */
  wasTagged?: true;
  /** By qualifier, `$LATEST` for the unqualified function. */
  readonly urls: Record<string, FunctionUrl>;
  /** By qualifier, `$LATEST` for the unqualified function. */
  readonly eventInvokeConfigs: Record<string, EventInvokeConfig>;
  /** A create or an update of `$LATEST` in progress. */
  pending?: ChangeInProgress;
}

export interface ChangeInProgress {
  readonly kind: "create" | "update";
  readonly untilMs: number;
  /** The RevisionId of `$LATEST` after `untilMs`: AWS changes it once more at the end of a change. */
  readonly revisionId: string;
}

/** The common part of all answers about a version, with the API's field names. */
export interface FunctionVersion {
  readonly FunctionName: string;
  readonly Version: string;
  readonly Role: string;
  readonly RevisionId: string;
  readonly CodeSha256: string;
  readonly LastModified: string;
  readonly [field: string]: unknown;
}

export interface AliasState {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
  /** At most one additional version, with its share of the invocations. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface FunctionPolicy {
  readonly revisionId: string;
  /**
   * The stored document, with roles and users by unique id. It may be any full-JSON policy, as after PutResourcePolicy.
   */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface FunctionUrl {
  readonly url: string;
  readonly authType: "NONE" | "AWS_IAM";
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  readonly createdAt: string;
}

/** With the API's field names; times are ISO 8601 texts. */
interface EventSourceMapping {
  readonly UUID: string;
  readonly FunctionArn: string;
  readonly LastModified: string;
  readonly [field: string]: unknown;
}

/** With the API's field names; times are ISO 8601 texts. */
interface EventInvokeConfig {
  readonly LastModified: string;
  readonly DestinationConfig?: Readonly<Record<string, unknown>>;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
}

export function emptyLambda(): LambdaState {
  return { functions: {}, eventSourceMappings: [], updateMs: 0 };
}
