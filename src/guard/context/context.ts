import type { Comparer } from "../../iam/compare/comparer.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import type { Authors } from "../../model/authors.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { RuleStandard } from "../../model/rules/rule-standard.ts";
import type { GuardIndex } from "./guard-index.ts";
import type { RoleChecks } from "./role-checks.ts";

/** The inputs of the rules, in addition to the subject. */
export interface GuardContext {
  readonly desired: Desired;
  /** null offline: rules that need the live account are skipped then (`rulesSkippedOffline`). */
  readonly live: LiveAccount | null;
  /** Replaces the documents of AWS-managed policies offline; null if the account was read, or none is attached. */
  readonly shipped: ShippedPolicies | null;
  readonly account: DesiredAccount;
  readonly actionData: ActionData;
  /** Of `desired` and `live`. */
  readonly index: GuardIndex;
  readonly nowMs: number;
  /** The trust policy of the judged role, if it is the one that AWS has; missing: the one that Grantkeeper writes. */
  readonly trust?: string;
  /** Severities of an earlier version, by id of the rule; null: those of the rules. */
  readonly defaults: RuleStandard["defaults"] | null;
  /** By key, of the changes that are not applied. A key whose changes are all applied is not in it. */
  readonly authors: ReadonlyMap<Key, Authors>;
  /** Of the pass, the revision or the command whose states are judged. */
  readonly comparer: Comparer;
  readonly roleChecks: RoleChecks;
}
