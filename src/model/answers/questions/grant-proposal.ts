import type { Namespace, Region } from "../../aws/ids.ts";
import type { JsonObject } from "../../values/json.ts";

/** Which manifest would declare what the role of a function allows now? */
export interface ProposalRequest {
  /** The namespace that would own the manifest. */
  readonly namespace: Namespace;
  readonly functionName: string;
  /** The name of an AwsAccount. */
  readonly account: string;
  readonly region: Region;
}

/** What the role of a function that no manifest declares allows, as fields of a manifest. */
export interface GrantProposal {
  /** `function orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** The ARN of the role of $LATEST. */
  readonly role: string;
  /** ISO 8601: AWS was read at this time or later. */
  readonly readAt: string;
  /** Since when (ISO 8601) and why newer reads fail; null: they do not. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** Entries of `grants`: each allows only what the policies of the role allow. */
  readonly grants: readonly JsonObject[];
  /** `logs`, `tracing` and `vpc`, if they are not the defaults. */
  readonly fields: JsonObject;
  /** What a person decides before the merge: what the grants do not contain, and risks. One sentence each. */
  readonly notes: readonly string[];
}
