/** The Lambda of one account and region, as plain JSON. */
export interface LambdaState {
  /** By function name. */
  readonly functions: Record<string, FunctionState>;
  readonly eventSourceMappings: EventSourceMapping[];
  /** How long a create or an update of a function stays in progress. */
  updateMs: number;
}

export interface FunctionState {
  readonly name: string;
  /** `$LATEST` and the published versions, by version; published ones never change. */
  readonly versions: Record<string, FunctionVersion>;
  /** The highest number ever published: numbers are not used again. */
  lastVersion: number;
  readonly aliases: Record<string, AliasState>;
  /** By qualifier; `$LATEST` holds the policy of the unqualified function. */
  readonly policies: Record<string, ResourcePolicy>;
  readonly tags: Record<string, string>;
  /** By qualifier, `$LATEST` for the unqualified function. */
  readonly urls: Record<string, FunctionUrl>;
  /** By qualifier, `$LATEST` for the unqualified function. */
  readonly eventInvokeConfigs: Record<string, EventInvokeConfig>;
  /** A create or an update of `$LATEST` that ends by itself. */
  pending?: PendingChange;
}

export interface PendingChange {
  readonly kind: "create" | "update";
  readonly untilMs: number;
  /** The RevisionId of `$LATEST` from then on: AWS changes it once more when the change is done. */
  readonly revisionId: string;
}

/** What all answers about a version have in common, in the API's field names. */
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
  /** At most one further version with its share of the invocations; empty: none. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface ResourcePolicy {
  readonly revisionId: string;
  /** As stored: roles and users by unique id. Any full-JSON policy may stand here, as after PutResourcePolicy. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface FunctionUrl {
  readonly url: string;
  readonly authType: "NONE" | "AWS_IAM";
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  readonly createdAt: string;
}

/** In the API's field names; times are ISO 8601 texts here. */
interface EventSourceMapping {
  readonly UUID: string;
  readonly FunctionArn: string;
  readonly LastModified: string;
  readonly [field: string]: unknown;
}

/** In the API's field names; times are ISO 8601 texts here. */
interface EventInvokeConfig {
  readonly LastModified: string;
  readonly DestinationConfig?: Readonly<Record<string, unknown>>;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
}

export function emptyLambda(): LambdaState {
  return { functions: {}, eventSourceMappings: [], updateMs: 0 };
}
