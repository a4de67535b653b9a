import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { byTextOf } from "../../../text/order.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { namespaceOfPath, type Paths } from "../../folder-owner.ts";
import { unusableAccount, type KnownAccount } from "../accounts/accounts.ts";
import type { FunctionPermission, InvalidDocument } from "../../parse/parsed.ts";
import type { PlacedDocument } from "../placed.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { policyNames, qualifiedPolicyName, type PolicyNames } from "../policy-references.ts";

interface UnresolvedContext {
  readonly paths: Paths;
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  /** The files with a FunctionPermission of which some targets can't be resolved. */
  readonly unknownTargets: ReadonlySet<string>;
}

/** Something that may attach policies in accounts that are not known. */
interface UnresolvedUse {
  /** Whether it may attach the policy of this `namespace/name`. */
  readonly mayUse: (policy: string) => boolean;
  readonly reason: Diagnostic;
}

/**
 * The ManagedPolicies that something may attach which can't be resolved, such as a function in an unknown account, by
 * `namespace/name`. An account where no valid document attaches them has not removed them: the unresolved one may.
 */
export function unresolvedPolicies(
  world: PlacedDocuments,
  context: UnresolvedContext,
): ReadonlyMap<string, Diagnostic> {
  const names = policyNames(world);
  const uses = [
    ...world.functions
      .filter(({ document }) => document.spec.managedPolicies !== undefined)
      .flatMap((placed) => unresolvedReferences(placed, names, context.unknownTargets)),
    ...world.invalid.flatMap(unresolvedDocument),
    ...[...world.brokenFiles].sort().map((path) => unreadFile(path, context.paths)),
    ...[...context.accounts.values()].flatMap(unresolvedBoundaries),
  ];
  if (uses.length === 0) return new Map();
  const unresolved = [...names.keys()].flatMap((policy) => {
    const use = uses.find(({ mayUse }) => mayUse(policy));
    return use === undefined ? [] : [[policy, use.reason] as const];
  });
  return new Map(unresolved.sort(byTextOf(([policy]) => policy)));
}

/** An unknown name may be any policy that the document may use, with an error in it. */
function unresolvedReferences(
  { document, namespace }: PlacedDocument<FunctionPermission>,
  names: PolicyNames,
  unknownTargets: ReadonlySet<string>,
): readonly UnresolvedUse[] {
  const references = (document.spec.managedPolicies ?? []).filter(
    (reference) => !reference.startsWith("arn:"),
  );
  const used = references.map((reference) => qualifiedPolicyName(reference, namespace));
  const isKnown = used.every((policy) => names.has(policy));
  if (isKnown && (used.length === 0 || !unknownTargets.has(document.file))) return NONE;
  const reason = reasonAt(originOfValue(document, []));
  return [{ mayUse: isKnown ? (policy) => used.includes(policy) : usableIn(namespace), reason }];
}

const NONE: readonly UnresolvedUse[] = [];

function unresolvedDocument({
  document,
  namespace,
}: PlacedDocument<InvalidDocument>): readonly UnresolvedUse[] {
  if (document.of !== null && document.of !== "FunctionPermission") return [];
  return [{ mayUse: usableIn(namespace), reason: reasonAt(originOfValue(document, [])) }];
}

function unreadFile(file: string, paths: Paths): UnresolvedUse {
  const reason = reasonAt({ file, line: 1, column: 1, path: "" });
  return { mayUse: usableIn(namespaceOfPath(file, paths)), reason };
}

/** The boundaries of an account whose document has an error may not be those that it means. */
function unresolvedBoundaries(known: KnownAccount): readonly UnresolvedUse[] {
  if (known.desired !== null) return [];
  return [{ mayUse: usableIn(PLATFORM), reason: unusableAccount(known, known.origin) }];
}

/** What a document of the namespace may use: its own policies and the platform's. null: any. */
function usableIn(namespace: string | null): UnresolvedUse["mayUse"] {
  if (namespace === null) return () => true;
  return (policy) => policy.startsWith(`${namespace}/`) || policy.startsWith(`${PLATFORM}/`);
}

function reasonAt(origin: Origin): Diagnostic {
  const at = formatOrigin(origin);
  const message = `it is not known which accounts attach the policy; ${at} can't be resolved and may attach it`;
  return errorAt(origin, "managed-policy", { message, fix: `correct ${at}` });
}
