import type { Region } from "./aws/ids.ts";
import type { DesiredAccount } from "./desired.ts";
import type { LiveFunction } from "./live.ts";

/** A function whose resource policies (by qualifier, null = unqualified) are read as well. */
export interface FunctionRequest {
  readonly region: Region;
  readonly functionName: string;
  readonly qualifiers: readonly (string | null)[];
  /** Also ListVersionsByFunction and ListAliases: an alias is declared, or a role would be switched or deleted. */
  readonly versions: boolean;
  /**
   * It is the function's turn: ListAliases, the policies of aliases that `qualifiers` does not name, and
   * ListVersionsByFunction if an alias runs a version.
   */
  readonly aliases: boolean;
  /** In its turn: the policies of so many published versions after this number are read as well; missing: of none. */
  readonly versionPolicies?: { readonly after: number; readonly most: number };
  /**
   * ARN of the role that the function may be switched to; null: none, or it is not the function's turn. If the function
   * does not run on that role yet, its event source mappings and destinations are read too, since Lambda serves them with
   * the function's role.
   */
  readonly switchTo: string | null;
  /** Its event source mappings and destinations are read on any role, since its own one is taken over in place; missing: no. */
  readonly takesOver?: true;
  /** An earlier reading: a sweep keeps its policies if the listing shows the same function. Missing: they are read. */
  readonly known?: LiveFunction;
}

export interface SweepRequest {
  readonly account: DesiredAccount;
  readonly pass: string;
  readonly functions: readonly FunctionRequest[];
  /**
   * ARNs of our policies whose tags are read (GetPolicy); the adapter caches them by PolicyId. AWS-managed policies may
   * be listed too: their documents are read even if no role attaches them yet.
   */
  readonly policies: readonly string[];
  /** The published versions of every function: a role may be deleted, and no version may run on it. */
  readonly everyVersion: boolean;
  /** Names of our roles. Fields that a listing leaves out are read by separate calls. */
  readonly roleNames: readonly string[];
  /** The quotas of the account are read again, since a change did not fit into them. Missing: those of the last hour are used. */
  readonly freshQuotas?: true;
  /** Names of the roles whose stack is read, since they are about to be taken over in place; missing: none. */
  readonly stackRoles?: readonly string[];
}

export interface TargetedRequest extends Omit<SweepRequest, "policies" | "everyVersion" | "freshQuotas"> {
  readonly policyArns: readonly string[];
  /** Missing: a change or a person waits for it. */
  readonly urgency?: "background";
}
