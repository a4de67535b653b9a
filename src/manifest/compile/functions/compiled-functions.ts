import type { InstanceName } from "../../../model/aws/ids.ts";
import { byTextOf } from "../../../text/order.ts";
import type { Paths } from "../../folder-owner.ts";
import type { ManifestDocument, ParsedFile } from "../../parse/parsed.ts";
import type { SimulatorTimes } from "../accounts/accounts.ts";
import type { PlacedDocument } from "../placed.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { policyNames } from "../policy-references.ts";
import type { FunctionOutcome } from "./functions.ts";

/**
 * What FunctionPermissions without a problem compile to, for the next compilation. A document is the same object as
 * long as its file does not change, so that a push compiles only what it changes.
 */
export interface CompiledFunctions {
  readonly surroundings: FunctionSurroundings;
  readonly outcomes: ReadonlyMap<ManifestDocument, KnownOutcome>;
}

export interface KnownOutcome {
  readonly namespace: string;
  readonly outcome: FunctionOutcome;
}

/** Everything besides its own document that decides what a FunctionPermission without references compiles to. */
export interface FunctionSurroundings {
  /** Sorted by file. */
  readonly documents: readonly ManifestDocument[];
  /** Of the installation, and the names and uses of all ManagedPolicies. */
  readonly settings: string;
}

interface InstallationSettings extends Paths {
  readonly instance: InstanceName;
  readonly simulator: SimulatorTimes | null;
}

/**
 * Of these kinds, no document changes what a FunctionPermission compiles to: only the name and the use of a ManagedPolicy
 * do, and they are compared. Every other document counts, also an invalid one and one in a wrong place.
 */
const WITHOUT_EFFECT: ReadonlySet<ManifestDocument["kind"]> = new Set([
  "FunctionPermission",
  "ManagedPolicy",
  "Waiver",
  "Exclusion",
  "GuardrailProfile",
]);

export function surroundingsOf(
  files: readonly ParsedFile[],
  world: PlacedDocuments,
  { instance, simulator, platformPath, tenantPath, namespaceSources }: InstallationSettings,
): FunctionSurroundings {
  const documents = files.flatMap((file) => file.documents.filter(({ kind }) => !WITHOUT_EFFECT.has(kind)));
  const paths = [platformPath, tenantPath, [...(namespaceSources ?? [])].sort()];
  return {
    documents: documents.sort(byTextOf(({ file }) => file)),
    settings: JSON.stringify([instance, simulator, paths, [...policyNames(world)]]),
  };
}

/** The outcomes of the compilation before; none if anything else than FunctionPermissions may decide otherwise now. */
export function knownOutcomes(
  before: CompiledFunctions | null,
  now: FunctionSurroundings,
): CompiledFunctions["outcomes"] {
  return before !== null && isSame(before.surroundings, now) ? before.outcomes : new Map();
}

function isSame(before: FunctionSurroundings, now: FunctionSurroundings): boolean {
  return (
    before.settings === now.settings &&
    before.documents.length === now.documents.length &&
    before.documents.every((document, at) => document === now.documents[at])
  );
}

/** The outcome of the same document in the same place; a document that has a problem now is compiled again. */
export function knownOutcome(
  { document, namespace, problems }: PlacedDocument<ManifestDocument>,
  known: CompiledFunctions["outcomes"],
): FunctionOutcome | null {
  const found = problems.length === 0 ? known.get(document) : undefined;
  return found?.namespace === namespace ? found.outcome : null;
}

/**
 * Whether it depends on the document and the surroundings alone. The references of all functions are counted together,
 * and their values change without a commit. A problem may name other documents.
 */
export function isReusable({ invalid, named, hasUnknownKeys, diagnostics }: FunctionOutcome): boolean {
  return invalid.length + named.length + diagnostics.length === 0 && !hasUnknownKeys;
}
