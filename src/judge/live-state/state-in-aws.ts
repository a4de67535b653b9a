import { TRUST_DOCUMENT } from "../../iam/trust.ts";
import type { LiveAccount } from "../../model/live.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import type { Drift, LeftAloneStatement } from "../../model/drift.ts";
import { callersInAws } from "./callers.ts";
import { identityStatements, knownStatements } from "./statements.ts";
import { declaredRoleInAws, otherRoleOf, type FoundRole } from "./roles.ts";

/** A key of which AWS has something that Git does not declare, or lacks something that Git declares. */
export interface Deviation {
  /** Declared in Git; for a manifest that cannot be used, as it was last applied. */
  readonly base: DesiredBinding | DesiredPolicy;
  readonly applied: DesiredBinding | DesiredPolicy | null;
  /** Confirmed, and of a kind that a rule could judge. */
  readonly drifts: readonly Drift[];
  readonly leftAlone: readonly LeftAloneStatement[];
}

/** The state of a key in AWS, in the form that the rules judge. */
export interface StateInAws {
  readonly state: DesiredBinding | DesiredPolicy;
  readonly trust: string;
  /** The role that the function runs on instead of the declared one; null: the state has the declared role. */
  readonly otherRole: string | null;
  /** Parts that are not understood or were not read: they are not in `state`. */
  readonly unread: readonly string[];
}

interface AccountFacts {
  readonly live: LiveAccount;
  /** By ARN: those that Git declares. */
  readonly policies: ReadonlyMap<string, readonly DesiredPolicy[]>;
}

/**
 * What AWS has, made from the confirmed differences: parts that were not read, and reads that our own last write explains,
 * have none, so that they stay as declared and nothing is found in them.
 */
export function statesInAws(
  { base, applied, drifts, leftAlone }: Deviation,
  { live, policies }: AccountFacts,
): readonly StateInAws[] {
  if (!isBinding(base)) return livePolicy(base, drifts);
  const former = applied !== null && isBinding(applied) ? applied : null;
  const callers = callersInAws(base, drifts, leftAlone);
  const compared = { base, former, drifts, policies };
  const own = declaredRoleInAws(compared, live);
  const declared = stateOf({ ...base, callers: callers.callers }, own, [...own.unread, ...callers.unread]);
  const other = otherRoleOf(compared, live);
  if (other === null) return [declared];
  if (other.kind === "unread") return [{ ...declared, unread: [...declared.unread, other.reason] }];
  const running = stateOf({ ...base, callers: [] }, other, other.unread);
  return [declared, { ...running, otherRole: other.role.name }];
}

function stateOf(binding: DesiredBinding, { role, trust }: FoundRole, unread: readonly string[]): StateInAws {
  return { state: { ...binding, role }, trust, otherRole: null, unread };
}

/** A document that is not declared; a policy that attaches nothing and has no callers has no other parts. */
function livePolicy(policy: DesiredPolicy, drifts: readonly Drift[]): readonly StateInAws[] {
  const text = drifts.find(({ change }) => change.kind === "policy-document")?.live ?? null;
  if (text === null) return [];
  const name = `the document of ${policy.arn}`;
  const known = knownStatements([policy.document], policy);
  const { statements, unread } = identityStatements({ name, text }, { known, at: policy });
  const state = { ...policy, document: { statements } };
  return [{ state, trust: TRUST_DOCUMENT, otherRole: null, unread }];
}
