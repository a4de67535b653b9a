import { coveragePlaceName, type DeclaredFunction } from "../../adopt/coverage/coverage-inputs.ts";
import type { DeclaredByAccount } from "../../guard/context/declared-by-account.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { mayClaim } from "../../iam/names/name-pattern.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import { isBinding, type Desired, type DesiredAccount, type DesiredBinding } from "../../model/desired.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { lowerMode, type Mode } from "../../model/rules/mode.ts";
import type { EnforcedNow } from "../state/controller-state.ts";

interface DeclarationInputs {
  readonly enforced: EnforcedNow;
  /** The mode of the process. */
  readonly ceiling: Mode;
  /** Of the account, after its last pass. */
  readonly views: Iterable<KeyView>;
  /** Of the revision in force. */
  readonly declared: DeclaredByAccount;
}

/**
 * The functions of an account that manifests name, by place. A manifest with an error counts with the state that was last
 * applied, which is what its key falls back to.
 */
export function declaredFunctions(
  account: DesiredAccount,
  { enforced, ceiling, views, declared }: DeclarationInputs,
): ReadonlyMap<string, DeclaredFunction> {
  const { desired, invalid } = enforced.compilation;
  const bound = new Map<string, DeclaredFunction>();
  const ceilingHere = lowerMode(ceiling, account.mode);
  const known = [...views];
  const applied = new Set(known.filter(({ isApplied }) => isApplied).map(({ key }) => key));
  const undoing = new Set(known.filter(({ adoption }) => adoption === "undoing").map(({ key }) => key));
  const released = new Set(known.filter(isReleased).map(({ key }) => key));
  const add = (binding: DesiredBinding): void => {
    const mode = lowerMode(ceilingHere, binding.mode);
    const isApplied = applied.has(binding.key);
    const undoState = undoing.has(binding.key) && ({ isUndoing: true } as const);
    const place = coveragePlaceName(binding.region, binding.functionName);
    if (!isInGit(binding.key, enforced)) {
      if (bound.has(place) || isForeign(binding, desired)) return;
      bound.set(place, { kind: "removed", binding, mode, isApplied, reason: removedText(binding) });
      return;
    }
    if (binding.released === true && released.has(binding.key)) {
      // Another manifest manages the function by now.
      if (bound.get(place)?.kind === "bound") return;
      bound.set(place, { kind: "released", binding, mode, isApplied, reason: releasedText(binding) });
      return;
    }
    if (!isForeign(binding, desired))
      bound.set(place, { kind: "bound", binding, mode, isApplied, ...undoState });
    else if (bound.get(place)?.kind !== "bound") {
      const { namespace, name } = binding;
      const reason = `${namespace}/${name} names it, which its Team does not allow`;
      bound.set(place, { kind: "foreign", binding, mode, isApplied, reason });
    }
  };
  for (const view of known)
    if (view.desired !== null && isBinding(view.desired) && !isGone(view, enforced)) add(view.desired);
  for (const binding of declared.bindingsIn(account.id)) add(binding);
  return new Map([...brokenFunctions(account, { desired, invalid }), ...bound]);
}

/** A key of a file that cannot be read, or of a manifest with an error, is still declared. */
function isInGit(key: Key, { compilation: { desired, invalid }, brokenFileKeys }: EnforcedNow): boolean {
  return desired.bindings.has(key) || invalid.has(key) || brokenFileKeys.has(key);
}

/** Its manifest was removed, and the last pass saw that nothing is left in AWS of what Grantkeeper wrote for it. */
function isGone({ key, drifts, unread, readings }: KeyView, enforced: EnforcedNow): boolean {
  if (isInGit(key, enforced) || readings?.declaredRole.kind !== "absent") return false;
  return drifts.length === 0 && unread.length === 0;
}

function removedText({ namespace, name }: DesiredBinding): string {
  return `its manifest ${namespace}/${name} was removed from Git`;
}

/** The last pass read the role, and it has no ownership tags. A release that was not made yet changes nothing. */
function isReleased({ desired, drifts, readings }: KeyView): boolean {
  const isDeclared = desired !== null && isBinding(desired) && desired.released === true;
  return isDeclared && drifts.length === 0 && readings !== null && readings.declaredRole.kind !== "unknown";
}

function releasedText({ namespace, name }: DesiredBinding): string {
  return `${namespace}/${name} releases it`;
}

type FunctionClaimant = Parameters<typeof mayClaim>[0];

/**
 * A Team does not allow the claim: else a manifest in one team's folder would hide the functions of others from the uncovered
 * ones. Of a Team that cannot be read it is not known.
 */
function isForeign(claim: FunctionClaimant, { teams, tenancy }: Pick<Desired, "teams" | "tenancy">): boolean {
  const isKnown = tenancy.kind === "closed" && teams.get(claim.namespace as Namespace)?.kind !== "broken";
  return isKnown && !mayClaim(claim, { teams, tenancy });
}

/** The name of the manifest is that of its function, unless the manifest names another: then that function stays uncovered. */
function brokenFunctions(
  { id: accountId, name: account }: DesiredAccount,
  { desired, invalid }: Pick<EnforcedNow["compilation"], "desired" | "invalid">,
): readonly (readonly [string, DeclaredFunction])[] {
  return [...invalid].flatMap(([key, reasons]) => {
    const parts = keyParts(key);
    if (parts.kind !== "function" || parts.accountId !== accountId) return [];
    const { namespace, region, name: functionName } = parts;
    const role = { name: defaultRoleName(functionName, region) };
    if (isForeign({ namespace, account, region, functionName, role }, desired)) return [];
    const reason = `its manifest has an error: ${reasons[0]?.message ?? key}`;
    return [[coveragePlaceName(parts.region, parts.name), { kind: "broken", key, reason }] as const];
  });
}
