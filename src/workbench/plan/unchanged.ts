import type { DesiredBinding } from "../../model/desired.ts";
import { liveFunction, liveRole, type LiveAccount } from "../../model/live.ts";
import type { PlanView } from "../../plan/render/plan-view.ts";

/** The grants and callers of a binding that AWS already has: the Sid of a statement is made from its content. */
export function unchangedOf(
  binding: DesiredBinding,
  existing: { readonly sids: ReadonlySet<string>; readonly callerSids: ReadonlySet<string> },
): NonNullable<PlanView["unchanged"]> {
  const statementsOfGrant = Map.groupBy(
    binding.role.inline.statements,
    ({ origin }) => origin.path || `${origin.line}:${origin.column}`,
  );
  const grants = [...statementsOfGrant.values()].filter((group) =>
    group.every(({ statement }) => existing.sids.has(statement.Sid ?? "")),
  );
  const callers = binding.callers.filter(({ sid }) => existing.callerSids.has(sid));
  return { grants: grants.length, callers: callers.length };
}

/** null: its role does not exist, or was not read. */
export function unchangedLive(binding: DesiredBinding, live: LiveAccount): PlanView["unchanged"] {
  const role = liveRole(live, binding.role.name);
  if (role.kind !== "present") return null;
  const found = liveFunction(live, binding.region, binding.functionName);
  const policies = found.kind === "present" ? [...found.value.policies.values()] : [];
  return unchangedOf(binding, {
    sids: new Set(role.value.inline.flatMap(({ text }) => sidsOf(text))),
    callerSids: new Set(
      policies.flatMap((policy) => (policy.kind === "present" ? sidsOf(policy.value.text) : [])),
    ),
  });
}

/** The Sids of a policy document as AWS shows it; none of one that is not JSON. */
function sidsOf(text: string): readonly string[] {
  try {
    const document: unknown = JSON.parse(text);
    const statements =
      typeof document === "object" && document !== null && "Statement" in document ? document.Statement : [];
    return [statements].flat().flatMap(sidOf);
  } catch {
    return []; // Not written by Grantkeeper: nothing in it counts as existing.
  }
}

function sidOf(statement: unknown): readonly string[] {
  const has = typeof statement === "object" && statement !== null && "Sid" in statement;
  return has && typeof statement.Sid === "string" ? [statement.Sid] : [];
}
