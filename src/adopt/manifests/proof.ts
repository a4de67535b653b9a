import { Comparer } from "../../iam/compare/comparer.ts";
import { onlyDocument, permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import { trustText } from "../../iam/trust.ts";
import { satisfying } from "../../diff/callers/statements.ts";
import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { desiredDocuments, liveDocuments, rolePermissions } from "../../diff/documents/permissions.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";
import type { Delta } from "../../model/delta.ts";
import type { Desired, DesiredBinding, DesiredCaller, DesiredPolicy } from "../../model/desired.ts";
import type { LiveAccount, LivePolicy, LiveRole, Reading } from "../../model/live.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import { liveOf } from "./role-policies.ts";

/** How the compiled manifest differs from what AWS has: what the new role would allow, and who could call. */
export interface ManifestDifference {
  /** `after` of both is the manifest, within its boundary. */
  readonly permissions: Delta;
  readonly trust: Delta;
  /** Declared callers that no live statement equals: none in a manifest that was just written, unless Grantkeeper has an error. */
  readonly callers: readonly DesiredCaller[];
}

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
    const permissions = permissionDelta(
      this.livePermissions(at),
      this.permissionsOf(binding, at.estate),
      this.#comparer,
    );
    const trust = this.#trustDelta(binding, at.role);
    const callers = binding.callers.filter((caller) => !isLive(caller, at.found, binding));
    const isEqual = isNone(permissions) && isNone(trust) && callers.length === 0;
    return isEqual ? null : { permissions, trust, callers };
  }

  /** Everything that the role of $LATEST allows. */
  livePermissions({ estate, role }: LivePlace): RolePermissions {
    const live = getOrAdd(this.#before, estate, () => liveOf(estate));
    return rolePermissions(liveDocuments(role), { at: placeOf(estate), live });
  }

  /** Everything that the declared role allows. */
  permissionsOf(binding: DesiredBinding, estate: Estate): RolePermissions {
    const live = getOrAdd(this.#after, estate, () => {
      const all = [...this.#desired.policies.values()];
      const own = all.filter(({ accountId }) => accountId === binding.accountId);
      return liveOf(estate, new Map(own.map((policy) => [policy.arn, asLive(policy)])));
    });
    return rolePermissions(desiredDocuments(binding, this.#texts), { at: binding, live });
  }

  #trustDelta(binding: DesiredBinding, role: LiveRole): Delta {
    const context = documentContext(binding, "trust");
    const declared = trustText(binding.role);
    const ofText = (text: string): RolePermissions =>
      onlyDocument({ from: { kind: "trust" }, text }, context);
    const tier = this.#comparer.compareDocuments(role.trust, declared, context);
    if (tier !== "security") return { allowed: [], noLongerAllowed: [], unknownEffect: [] };
    return permissionDelta(ofText(role.trust), ofText(declared), this.#comparer);
  }
}

/** Where the manifest was written from. */
export interface LivePlace {
  readonly estate: Estate;
  readonly found: EstateFunction;
  readonly role: LiveRole;
}

function isNone({ allowed, noLongerAllowed, unknownEffect }: Delta): boolean {
  return allowed.length === 0 && noLongerAllowed.length === 0 && unknownEffect.length === 0;
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

/** A declared policy as it will be in AWS. */
function asLive(policy: DesiredPolicy): Reading<LivePolicy> {
  const { policyName: name, path, arn, description } = policy;
  const version = { id: "v1", text: compiledDocumentText(policy.document), createdAtMs: 0 };
  const value: LivePolicy = {
    name,
    path,
    arn,
    policyId: "",
    defaultVersionId: version.id,
    versions: [version],
    description,
    attachmentCount: null,
    boundaryUsageCount: null,
    tags: { kind: "present", value: [] },
  };
  return { kind: "present", value };
}
