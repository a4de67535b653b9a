import { Comparer } from "../../iam/compare/comparer.ts";
import type { RolePermissions } from "../../iam/compare/delta.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { satisfying } from "../../diff/callers/statements.ts";
import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { desiredDocuments, liveDocuments, rolePermissions } from "../../diff/documents/permissions.ts";
import { asLivePolicy, roleDifference } from "../../diff/documents/role-deltas.ts";
import type { RoleDifference } from "../../model/keys/used-role.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { Desired, DesiredBinding, DesiredCaller } from "../../model/desired.ts";
import type { LiveAccount, LiveRole } from "../../model/live.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import { liveRoleOf } from "./role-policies.ts";

/** How the compiled manifest differs from what AWS has: what the new role would allow, and who could call. */
export interface ManifestDifference extends RoleDifference {
  /** Declared callers that no live statement equals: none in a manifest that was just written, unless Grantkeeper has an error. */
  readonly callers: readonly DesiredCaller[];
}

const NO_DIFFERENCE: RoleDifference = { permissions: NO_DELTA, trust: NO_DELTA };

/** Compares the compiled manifests with the state that they were written from. Lives for one import. */
export class ManifestProver {
  readonly #comparer = new Comparer();
  readonly #texts = new CompiledTexts();
  readonly #desired: Desired;
  readonly #before = new Map<Estate, LiveAccount>();
  readonly #after = new Map<Estate, LiveAccount>();

  constructor(desired: Desired) {
    this.#desired = desired;
  }

  /** null: the same permissions, trust and callers, proved for all documents of the role together. */
  differenceOf(binding: DesiredBinding, at: LivePlace): ManifestDifference | null {
    const difference = roleDifference(binding, at.role, {
      used: this.livePermissions(at),
      declared: this.permissionsOf(binding, at.estate),
      comparer: this.#comparer,
    });
    const callers = binding.callers.filter((caller) => !isLive(caller, at.found, binding));
    if (difference === null && callers.length === 0) return null;
    return { ...(difference ?? NO_DIFFERENCE), callers };
  }

  /** Everything that the role of $LATEST allows. */
  livePermissions({ estate, role }: LivePlace): RolePermissions {
    const live = getOrAdd(this.#before, estate, () => liveRoleOf(estate));
    return rolePermissions(liveDocuments(role), { at: placeOf(estate), live });
  }

  /** Everything that the declared role allows. */
  permissionsOf(binding: DesiredBinding, estate: Estate): RolePermissions {
    const live = getOrAdd(this.#after, estate, () => {
      const all = [...this.#desired.policies.values()];
      const own = all.filter(({ accountId }) => accountId === binding.accountId);
      return liveRoleOf(estate, new Map(own.map((policy) => [policy.arn, asLivePolicy(policy)])));
    });
    return rolePermissions(desiredDocuments(binding, this.#texts), { at: binding, live });
  }
}

/** Where the manifest was written from. */
export interface LivePlace {
  readonly estate: Estate;
  readonly found: EstateFunction;
  readonly role: LiveRole;
}

function placeOf({ account }: Estate): { partition: Partition; accountId: AccountId } {
  return { partition: account.partition, accountId: account.id };
}

function isLive(caller: DesiredCaller, found: EstateFunction, binding: DesiredBinding): boolean {
  const policy = found.policies.get(caller.qualifier ?? "");
  if (policy?.kind !== "known" || policy.value === null) return false;
  const context = documentContext(binding, "resource");
  const parsed = readDocument(policy.value.text, context);
  return parsed.kind === "parsed" && satisfying(caller, parsed.document.members, context) !== undefined;
}
