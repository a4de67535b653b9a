import { callerSidPrefixes } from "../../../iam/compare/sid.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { placeName, type NamedReference, type UsedReference } from "../../../model/aws/reference.ts";
import type { Key } from "../../../model/keys/key.ts";
import { getOrAdd, joinedLists, mapped } from "../../../model/values/lists.ts";
import type { Steps } from "../../../model/values/steps.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { PathTexts } from "../../../text/located/path-texts.ts";
import type { ManifestDocument, ParsedFile } from "../../parse/parsed.ts";
import { GrantExpander } from "../../statements/permissions.ts";
import { partitionsByAccount, type KnownAccount, type SimulatorTimes } from "../accounts/accounts.ts";
import type { BindingContext } from "./binding.ts";
import type { OwnershipClaim } from "../conflicts.ts";
import { compileFunction, invalidFunction, type FunctionOutcome, type PolicyReference } from "./functions.ts";
import type { PlacedDocument } from "../placed.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { policyNames } from "../policy-references.ts";
import { BindingQuota } from "./quota.ts";
import type { CompiledTemplates } from "../templates/templates.ts";
import type { InstanceName } from "../../../model/aws/ids.ts";
import { byTextOf } from "../../../text/order.ts";
import type { Paths } from "../../folder-owner.ts";

interface FunctionsContext extends Pick<BindingContext, "instance" | "referencesIn"> {
  readonly known: CompiledTemplates;
  /** A file of the platform that cannot be read, and may declare accounts; null: there is none. */
  readonly unread: Origin | null;
  /** Of an earlier compilation with the same surroundings. */
  readonly outcomes: CompiledFunctions["outcomes"];
}

/** All FunctionPermissions, with a pause after each. */
export function* compileFunctions(
  world: PlacedDocuments,
  accounts: ReadonlyMap<string, KnownAccount>,
  { instance, known, unread, referencesIn, outcomes }: FunctionsContext,
): Steps<Functions> {
  const prefixOf = callerSidPrefixes(instance);
  let last = { owner: "", prefix: "" };
  const sidPrefix = (owner: string): string => {
    // The bindings of one document are consecutive.
    if (last.owner !== owner) last = { owner, prefix: prefixOf(owner) };
    return last.prefix;
  };
  const context = {
    instance,
    templates: known.templates,
    policies: policyNames(world),
    sidPrefix,
    expanderIn: expandersByPlace(),
    partitionOfAccount: partitionsByAccount(accounts),
    pathTexts: new PathTexts(),
    quota: new BindingQuota(),
    unread,
    referencesIn,
  };
  const functions = noFunctions(known.diagnostics);
  for (const placed of world.functions) {
    const { document, namespace } = placed;
    const before = knownOutcome(placed, outcomes);
    // The quota counts every document, in their order.
    const isKept =
      before !== null && context.quota.take(document, namespace, before.outcome.bindings.length) === null;
    const known = isKept ? before : outcomeIn(namespace, yield* compileFunction(placed, accounts, context));
    gather(known, functions);
    if (isReusable(known.outcome)) functions.outcomes.set(document, known);
    yield;
  }
  for (const placed of world.invalid) {
    if (placed.document.of === "FunctionPermission")
      gather(outcomeIn(placed.namespace, invalidFunction(placed, accounts)), functions);
    yield;
  }
  return functions;
}

function expandersByPlace(): BindingContext["expanderIn"] {
  const known = new Map<string, Map<string, GrantExpander>>();
  return (place) => {
    const ofAccount = getOrAdd(known, place.accountId, () => new Map<string, GrantExpander>());
    return getOrAdd(ofAccount, place.region, () => new GrantExpander(place));
  };
}

/** The results of all FunctionPermissions, collected one at a time, so that intermediate results can be freed. */
export interface Functions {
  readonly bindings: DesiredBinding[];
  readonly invalid: (readonly [Key, readonly Diagnostic[]])[];
  readonly claims: OwnershipClaim[];
  /** The outcomes of documents with an `until`. */
  readonly ending: FunctionOutcome[];
  readonly references: PolicyReference[];
  /** By `placeName`. */
  readonly used: Map<string, UsedReference>;
  readonly named: (readonly [Key, readonly NamedReference[]])[];
  readonly keys: Map<ManifestDocument, readonly Key[]>;
  /** The files with a document of which some keys can't be read. */
  readonly unknown: string[];
  readonly diagnostics: Diagnostic[];
  /** Those that the next compilation can use again. */
  readonly outcomes: Map<ManifestDocument, KnownOutcome>;
}

function noFunctions(diagnostics: readonly Diagnostic[]): Functions {
  return {
    bindings: [],
    invalid: [],
    claims: [],
    ending: [],
    references: [],
    used: new Map(),
    named: [],
    keys: new Map(),
    unknown: [],
    diagnostics: [...diagnostics],
    outcomes: new Map(),
  };
}

function outcomeIn(namespace: string, outcome: FunctionOutcome): KnownOutcome {
  const keys = joinedLists(
    mapped(outcome.bindings, ({ key }) => key),
    mapped(outcome.invalid, ([key]) => key),
  );
  return { namespace, outcome, keys: keys.length < 2 ? keys : keys.toSorted() };
}

function gather({ outcome, keys }: KnownOutcome, into: Functions): void {
  const { document, bindings, invalid } = outcome;
  for (const binding of bindings) into.bindings.push(binding);
  if (outcome.ends) into.ending.push(outcome);
  for (const one of invalid) into.invalid.push(one);
  for (const claim of outcome.claims) into.claims.push(claim);
  for (const reference of outcome.references) into.references.push(reference);
  for (const named of outcome.named) {
    into.named.push(named);
    for (const reference of named[1]) into.used.set(placeName(reference), reference);
  }
  for (const diagnostic of outcome.diagnostics) into.diagnostics.push(diagnostic);
  if (outcome.hasUnknownKeys) into.unknown.push(document.file);
  into.keys.set(document, keys);
}

/**
 * What FunctionPermissions without a problem compile to, for the next compilation. A document is the same object as
 * long as its file does not change, so that a push compiles only what it changes.
 */
export interface CompiledFunctions {
  readonly surroundings: FunctionSurroundings;
  readonly outcomes: ReadonlyMap<ManifestDocument, KnownOutcome>;
}

interface KnownOutcome {
  readonly namespace: string;
  readonly outcome: FunctionOutcome;
  /** Of its bindings and of what is invalid; sorted. */
  readonly keys: readonly Key[];
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
  "ChangeWindow",
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
function knownOutcome(
  { document, namespace, problems }: PlacedDocument<ManifestDocument>,
  known: CompiledFunctions["outcomes"],
): KnownOutcome | null {
  const found = problems.length === 0 ? known.get(document) : undefined;
  return found?.namespace === namespace ? found : null;
}

/**
 * Whether it depends on the document and the surroundings alone. The references of all functions are counted together,
 * and their values change without a commit. A problem may name other documents.
 */
function isReusable({ invalid, named, hasUnknownKeys, diagnostics }: FunctionOutcome): boolean {
  return invalid.length + named.length + diagnostics.length === 0 && !hasUnknownKeys;
}
