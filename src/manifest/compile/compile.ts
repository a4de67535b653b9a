import { mayClaim } from "../../iam/names/team-claims.ts";
import { callerSidPrefix } from "../../iam/compare/sid.ts";
import type { AccountId, InstanceName } from "../../model/aws/ids.ts";
import type { Desired, DesiredAccount, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KnownProfile } from "../../model/rules/guardrail-profile.ts";
import { joinedLists } from "../../model/values/lists.ts";
import type { Revision } from "../../model/values/revision.ts";
import { complete, type Steps } from "../../model/values/steps.ts";
import { byTextOf } from "../../text/order.ts";
import { compileAccounts, partitionsByAccount, type KnownAccount, type SimulatorTimes } from "./accounts.ts";
import { cappedDiagnostics, firstOf } from "../capped.ts";
import { brokenFiles, keysByFile, namespaceOf } from "./file-keys.ts";
import {
  findConflicts,
  type Holders,
  type Incumbents,
  type OwnershipClaim,
  type UndecidedClaims,
} from "./conflicts.ts";
import { placesOfClaims } from "./claim-places.ts";
import { distinct } from "../diagnostics.ts";
import { expiredGrants } from "./expiry.ts";
import type { BindingContext } from "./binding.ts";
import { compileFunction, invalidFunction, type FunctionOutcome, type PolicyReference } from "./functions.ts";
import type { ManifestDocument, ParsedFile } from "../parse/parsed.ts";
import { objectsOf, type ManifestObject } from "./objects.ts";
import { PathTexts } from "../../text/located/path-texts.ts";
import { GrantExpander } from "../statements/permissions.ts";
import { compilePolicies } from "./policies.ts";
import { applyProfiles } from "./profiles/apply.ts";
import { lostProfiles } from "./profiles/lost.ts";
import { withoutUnwaivable } from "./profiles/waived.ts";
import { BindingQuota } from "./quota.ts";
import { compileTemplates } from "./templates/templates.ts";
import { policyNames } from "./policy-references.ts";
import type { Paths } from "../folder-owner.ts";
import { compileTeams } from "./teams/teams.ts";
import type { EarlierTenancy } from "./teams/tenancy.ts";
import { compileWaivers } from "./waivers.ts";
import { placeDocuments, type Placed, type PlacedDocuments } from "./placed-documents.ts";

export interface CompileContext extends Paths {
  readonly instance: InstanceName;
  readonly revision: Revision;
  /** Overrides of the operator's file; null on AWS. */
  readonly simulator: SimulatorTimes | null;
  /** For warnings only: the desired state does not depend on the time. */
  readonly nowMs: number;
  /** The applied claims in AWS, if known: a binding keeps a claim that another one makes as well. */
  readonly holders: Holders;
  /** The owners that AWS shows, for claims that the record does not name; missing: AWS was not read. */
  readonly incumbents?: Incumbents;
  readonly earlierTenancy: EarlierTenancy;
  /**
   * The profiles of the revision before. If one is gone and a document of the platform can't be read, the document may
   * hold it. Missing: none, as in records of 0.1.
   */
  readonly knownProfiles?: readonly KnownProfile[] | undefined;
}

export interface Compilation {
  /** The desired state of the valid keys only. */
  readonly desired: Desired;
  /** ManagedPolicies that nothing refers to: they are checked where they are declared, and not written to AWS. */
  readonly unattached: readonly DesiredPolicy[];
  /** Sorted by file, line and column; each once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Declared keys that can't be compiled: they fall back to their last applied state. */
  readonly invalid: ReadonlyMap<Key, readonly Diagnostic[]>;
  /** Contested claims whose owner AWS may show. Their keys are invalid until then. */
  readonly undecided: readonly UndecidedClaims[];
  /** By path, for files that parsed: the keys of their documents, sorted. */
  readonly fileKeys: Readonly<Record<string, readonly Key[]>>;
  /** Files with keys that can't be read. In addition to `fileKeys` they hold every key last seen in them. Sorted. */
  readonly brokenFiles: readonly string[];
  /** Every profile that applies or may apply, by name: for `knownProfiles` of the next revision. */
  readonly profiles: readonly KnownProfile[];
  /** Every document whose kind and name could be read, by file and line. */
  readonly objects: readonly ManifestObject[];
}

/** Follow from a problem of a platform document, which is reported there and not for each key. */
const REPORTED_ONCE: ReadonlySet<string> = new Set(["invalid-account", "invalid-profile"]);

/** The desired state of one revision. The same files give the same result, in any order. */
export function compile(files: readonly ParsedFile[], context: CompileContext): Compilation {
  return complete(compileSteps(files, context));
}

/** The same with a pause after each document and between the passes over all of them. */
export function* compileSteps(files: readonly ParsedFile[], context: CompileContext): Steps<Compilation> {
  const world = placeDocuments(files, context);
  yield;
  const accounts = compileAccounts(world, context.simulator);
  const teams = compileTeams(world, { ...context, accounts: accounts.byName });
  const functions = yield* compileFunctions(world, accounts.byName, context.instance);
  const conflicts = findConflicts(functions.claims, placesOfClaims(functions.keys), {
    holders: context.holders,
    incumbents: context.incumbents ?? null,
    isAllowed: (claim) => mayClaim(claim, teams),
  });
  yield;
  const policies = yield* compilePolicies(world, accounts.byName, {
    references: functions.references,
    instance: context.instance,
  });
  const inputs = { accounts: accounts.byName, teams: teams.teams, lost: lostProfiles(world, context) };
  const profiles = applyProfiles(world, inputs, [...functions.bindings, ...policies.policies]);
  yield;
  const reasons = [...functions.invalid, ...conflicts.byKey, ...policies.invalid, ...profiles.invalid];
  const invalid = mergedReasons(reasons);
  const bindings = sortedByKey(functions.bindings.filter((binding) => !invalid.has(binding.key)));
  const policyMap = sortedByKey(policies.policies.filter((policy) => !invalid.has(policy.key)));
  const broken = brokenFiles(world, functions.unknown);
  const waivers = compileWaivers(usable(world.waivers), accounts.byName, {
    keys: new Set([...bindings.keys(), ...invalid.keys()]),
    brokenNamespaces: new Set(broken.flatMap((file) => namespaceOf(file, context))),
    nowMs: context.nowMs,
  });
  const waived = withoutUnwaivable(waivers.waivers, profiles, bindings);
  const keysOf = new Map([...policies.keys, ...functions.keys]);
  yield;
  const all = distinct([
    ...world.diagnostics,
    ...accounts.diagnostics,
    ...functions.diagnostics,
    ...[...conflicts.byKey.values()].flat(),
    ...policies.diagnostics,
    ...world.accounts.flatMap((placed) => placed.problems),
    ...teams.diagnostics,
    ...world.teams.flatMap((placed) => placed.problems),
    ...world.waivers.flatMap((placed) => placed.problems),
    ...world.invalid.flatMap((placed) => placed.problems),
    ...waivers.diagnostics,
    ...waived.diagnostics,
    ...profiles.diagnostics,
    ...expired(functions.ending, bindings, context.nowMs),
    ...[...policyMap.values(), ...policies.unattached].flatMap(({ key, document }) =>
      expiredGrants(document, context.nowMs, policies.documents.get(key)),
    ),
  ]);
  const diagnostics = cappedDiagnostics(all.filter(({ code }) => !REPORTED_ONCE.has(code)));
  yield;
  return {
    desired: {
      revision: context.revision,
      accounts: desiredAccounts(accounts.byName),
      bindings,
      policies: policyMap,
      waivers: waived.waivers,
      profiles: profiles.profiles,
      teams: teams.teams,
      tenancy: teams.tenancy,
    },
    unattached: policies.unattached,
    diagnostics,
    invalid,
    undecided: conflicts.undecided,
    fileKeys: keysByFile(files, keysOf),
    brokenFiles: broken,
    profiles: profiles.known,
    objects: objectsOf(world, keysOf),
  };
}

function* compileFunctions(
  world: PlacedDocuments,
  accounts: ReadonlyMap<string, KnownAccount>,
  instance: InstanceName,
): Steps<Functions> {
  let last = { owner: "", prefix: "" };
  const sidPrefix = (owner: string): string => {
    // The bindings of one document are consecutive.
    if (last.owner !== owner) last = { owner, prefix: callerSidPrefix(instance, owner) };
    return last.prefix;
  };
  const { templates, diagnostics } = compileTemplates(world);
  const context = {
    instance,
    templates,
    policies: policyNames(world),
    sidPrefix,
    expanderIn: expandersByPlace(),
    partitionOfAccount: partitionsByAccount(accounts),
    pathTexts: new PathTexts(),
    quota: new BindingQuota(),
  };
  const functions = noFunctions(diagnostics);
  for (const placed of world.functions) {
    gather(yield* compileFunction(placed, accounts, context), functions);
    yield;
  }
  for (const placed of world.invalid) {
    if (placed.document.of === "FunctionPermission") gather(invalidFunction(placed, accounts), functions);
    yield;
  }
  return functions;
}

function expandersByPlace(): BindingContext["expanderIn"] {
  const known = new Map<string, GrantExpander>();
  return (place) => {
    const at = `${place.accountId} ${place.region}`;
    const expander = known.get(at) ?? new GrantExpander(place);
    known.set(at, expander);
    return expander;
  };
}

/** The results of all FunctionPermissions, collected one at a time, so that intermediate results can be freed. */
interface Functions {
  readonly bindings: DesiredBinding[];
  readonly invalid: (readonly [Key, readonly Diagnostic[]])[];
  readonly claims: OwnershipClaim[];
  /** The outcomes of documents with an `until`. */
  readonly ending: FunctionOutcome[];
  readonly references: PolicyReference[];
  readonly keys: Map<ManifestDocument, readonly Key[]>;
  /** The files with a document of which some keys can't be read. */
  readonly unknown: string[];
  readonly diagnostics: Diagnostic[];
}

function noFunctions(diagnostics: readonly Diagnostic[]): Functions {
  return {
    bindings: [],
    invalid: [],
    claims: [],
    ending: [],
    references: [],
    keys: new Map(),
    unknown: [],
    diagnostics: [...diagnostics],
  };
}

function gather(outcome: FunctionOutcome, into: Functions): void {
  const { document, bindings, invalid } = outcome;
  for (const binding of bindings) into.bindings.push(binding);
  if (outcome.ends) into.ending.push(outcome);
  for (const one of invalid) into.invalid.push(one);
  for (const claim of outcome.claims) into.claims.push(claim);
  for (const reference of outcome.references) into.references.push(reference);
  for (const diagnostic of outcome.diagnostics) into.diagnostics.push(diagnostic);
  if (outcome.hasUnknownKeys) into.unknown.push(document.file);
  const keys = joinedLists(
    bindings.map(({ key }) => key),
    invalid.map(([key]) => key),
  );
  into.keys.set(document, keys.length < 2 ? keys : keys.toSorted());
}

function usable<Document extends ManifestDocument>(placed: readonly Placed<Document>[]): readonly Document[] {
  return placed.filter((one) => one.problems.length === 0).map((one) => one.document);
}

function mergedReasons(
  parts: readonly (readonly [Key, readonly Diagnostic[]])[],
): ReadonlyMap<Key, readonly Diagnostic[]> {
  const byKey = new Map<Key, Diagnostic[]>();
  for (const [key, reasons] of [...parts].sort(byTextOf(([key]) => key))) {
    const known = byKey.get(key) ?? [];
    for (const reason of reasons) known.push(reason);
    byKey.set(key, known);
  }
  return new Map(
    [...byKey].map(([key, reasons]) => [key, firstOf(distinct(reasons), MAX_REASONS, "of this key")]),
  );
}

function sortedByKey<Item extends { readonly key: Key }>(items: readonly Item[]): ReadonlyMap<Key, Item> {
  const sorted = new Map<Key, Item>();
  for (const item of items.toSorted(byTextOf(({ key }) => key))) sorted.set(item.key, item);
  return sorted;
}

function desiredAccounts(known: ReadonlyMap<string, KnownAccount>): ReadonlyMap<AccountId, DesiredAccount> {
  const desired = [...known.values()].flatMap((account) =>
    account.desired === null ? [] : [account.desired],
  );
  return new Map(desired.sort(byTextOf(({ id }) => id)).map((account) => [account.id, account]));
}

function expired(
  outcomes: readonly FunctionOutcome[],
  usable: ReadonlyMap<Key, DesiredBinding>,
  nowMs: number,
): readonly Diagnostic[] {
  return outcomes.flatMap(({ document, bindings }) =>
    bindings
      .filter(({ key }) => usable.has(key))
      .flatMap(({ role }) => expiredGrants(role.inline, nowMs, document)),
  );
}

/** The maximum number of reasons for one key, since thousands of documents may claim it. */
const MAX_REASONS = 20;
