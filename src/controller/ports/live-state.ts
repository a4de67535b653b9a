import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/ids.ts";
import type { LiveAccount } from "../../model/live.ts";

/** A function whose resource policies (by qualifier, null = unqualified) are to be read as well. */
export interface FunctionRequest {
  readonly region: Region;
  readonly functionName: string;
  readonly qualifiers: readonly (string | null)[];
  /** Also ListVersionsByFunction and ListAliases: an alias is declared, or a role would be switched or deleted. */
  readonly versions: boolean;
  /**
   * ARN of the role that the function may be switched to; null: none. Unless it runs on that role already, its event source
   * mappings and destinations are read too, since Lambda serves them with the function's role.
   */
  readonly switchTo: string | null;
}

export interface SweepRequest {
  readonly account: DesiredAccount;
  readonly pass: string;
  readonly functions: readonly FunctionRequest[];
  /**
   * ARNs of policies of ours whose tags are to be read (GetPolicy): cached by the adapter by PolicyId. AWS-managed ones
   * may stand here too: their documents are read though no role attaches them yet.
   */
  readonly policies: readonly string[];
  /** The published versions of every function: a role may be deleted, and none of them may run on it. */
  readonly everyVersion: boolean;
  /** Names of roles of ours. What a listing leaves out of one of them is read by calls of their own. */
  readonly roleNames: readonly string[];
}

export interface TargetedRequest {
  readonly account: DesiredAccount;
  readonly pass: string;
  readonly roleNames: readonly string[];
  readonly policyArns: readonly string[];
  readonly functions: readonly FunctionRequest[];
}

/**
 * Reads of an account. A value is `absent` only after a complete and successful read; a part that failed is
 * `unknown` with its reason. Environment variables never leave the adapter.
 * Retries by itself within the SDK; aborts at once with the signal.
 */
export interface LiveState {
  /** @throws AwsError `circuit` (account) when STS or one of the account-wide IAM listings fails */
  sweep(request: SweepRequest, signal: AbortSignal): Promise<LiveAccount>;
  /** Fresh reads of the named objects only; never from a cache. @throws AwsError */
  read(request: TargetedRequest, signal: AbortSignal): Promise<LiveAccount>;
}
