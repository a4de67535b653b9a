import { mayClaim } from "../../iam/names/name-pattern.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import type { Desired, DesiredPolicy } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KnownWindow } from "../../model/windows/change-window.ts";
import type { KnownProfile } from "../../model/rules/guardrail-profile.ts";
import type { NamedReference, ReferenceReadings, UsedReference } from "../../model/aws/reference.ts";
import type { Revision } from "../../model/values/revision.ts";
import { complete, type Steps } from "../../model/values/steps.ts";
import { byKey } from "../../text/order.ts";
import { withAccountNames } from "./accounts/invalid-targets.ts";
import { compileAccounts, desiredAccounts, type SimulatorTimes } from "./accounts/accounts.ts";
import {
  compileFunctions,
  type Functions,
  knownOutcomes,
  surroundingsOf,
  type CompiledFunctions,
  type FunctionSurroundings,
} from "./functions/all-functions.ts";
import { referenceScopes } from "./functions/reference-scope.ts";
import { cappedDiagnostics } from "../capped.ts";
import { lostKeys, unreadPlatformFile } from "./lost-accounts.ts";
import { brokenFiles, keysByFile, namedObjects, unreadByNamespace, type ManifestObject } from "./objects.ts";
import { findConflicts, type Holders, type Incumbents, type UndecidedClaims } from "./conflicts.ts";
import { placesOfClaims } from "./claim-places.ts";
import { dependencyProblems } from "./functions/dependencies.ts";
import { otherReleasedRoles } from "./functions/released-roles.ts";
import { distinct } from "../diagnostics.ts";
import { expiredStates } from "./expiry.ts";
import type { ParsedFile } from "../parse/parsed.ts";
import { compilePolicies, type CompiledPolicies } from "./policies.ts";
import { applyProfiles, lostProfiles } from "./profiles/apply.ts";
import { withoutUnwaivable } from "./profiles/waived.ts";
import type { Paths } from "../folder-owner.ts";
import { compileTemplates } from "./templates/templates.ts";
import { compileTeams, type EarlierTenancy } from "./teams/teams.ts";
import { compileExclusions } from "./exclusions.ts";
import { compileWaivers } from "./waivers.ts";
import { unresolvedPolicies } from "./functions/unresolved-uses.ts";
import { usable } from "./placed.ts";
import { placeDocuments, type PlacedDocuments } from "./placed-documents.ts";
import { validStates, type ValidStates } from "./valid-states.ts";
import { watchedSets, type WatchedSets } from "./accounts/watched-sets.ts";
import { compileWindows, type CompiledWindows } from "./windows.ts";

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
  /** Names of the operator's alert routes; missing: not known. */
  readonly alertRoutes?: readonly string[];
  /**
   * The profiles of the revision before. If one is gone and a document of the platform can't be read, the document may
   * hold it. Missing: none, as in records of 0.1.
   */
  readonly knownProfiles?: readonly KnownProfile[] | undefined;
  /** The same of ChangeWindows. */
  readonly knownWindows?: readonly KnownWindow[] | undefined;
  /** The groups in `approvers` of the operator's file, sorted; missing: the file is not known. */
  readonly approverGroups?: readonly string[] | undefined;
  /** What was read of the references of manifests; missing: nothing is read, as in a command without AWS. */
  readonly readings?: ReferenceReadings;
  /** Of an earlier compilation, with which only what changed is compiled. The result is the same without them. */
  readonly functions?: CompiledFunctions | undefined;
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
  /** By namespace: the first of them, which may declare anything of it. */
  readonly unreadFiles: ReadonlyMap<string, string>;
  /** `desired.accountSets` may lack a set, because a document of the platform has a problem: none counts as removed. */
  readonly mayLackAccountSets: boolean;
  /** Policies, by `namespace/name`, that something may attach which can't be resolved: no key of theirs is removed. */
  readonly unresolvedPolicies: ReadonlyMap<string, Diagnostic>;
  /** By file: why it may still declare what it declared before, although it can be read. */
  readonly lostKeys: ReadonlyMap<string, Diagnostic>;
  /** Every profile that applies or may apply, by name: for `knownProfiles` of the next revision. */
  readonly profiles: readonly KnownProfile[];
  /** The same of ChangeWindows. */
  readonly windows: readonly KnownWindow[];
  /** Where manifests name a value in AWS, with what they were compiled with; sorted by place, each once. */
  readonly references: readonly UsedReference[];
  /** Of each key whose manifest names any, in the order of the manifest. */
  readonly namedReferences: ReadonlyMap<Key, readonly NamedReference[]>;
  /** Every document whose kind and name could be read, by file and line. */
  readonly objects: readonly ManifestObject[];
  /** For the next compilation. */
  readonly functions: CompiledFunctions;
}

/** Follow from a problem of a platform document, which is reported there and not for each key. */
const REPORTED_ONCE: ReadonlySet<string> = new Set(["invalid-account", "invalid-profile"]);

/** The desired state of one revision. The same files give the same result, in any order. */
export function compile(files: readonly ParsedFile[], context: CompileContext): Compilation {
  return complete(compileSteps(files, context));
}

/** The same with a pause after each document and between the passes over all of them. */
export function* compileSteps(files: readonly ParsedFile[], context: CompileContext): Steps<Compilation> {
  const parts = yield* compileParts(files, context);
  const { world, accounts, watched, teams, functions, policies, conflicts, profiles } = parts;
  const valid = validStates(parts);
  const unread = unreadPlatformFile(world, context);
  // Which accounts attach a policy is known only with all accounts.
  const unknown = [
    ...functions.unknown,
    ...(unread === null ? [] : world.policies.map(({ document }) => document.file)),
  ];
  const broken = brokenFiles(world, unknown);
  const unreadFiles = unreadByNamespace(broken, context);
  const waivers = compileAllWaivers(parts, valid, {
    unreadFiles,
    nowMs: context.nowMs,
  });
  const exclusions = compileExclusions(usable(world.exclusions), accounts.byName, context.nowMs);
  const keysOf = new Map([...policies.keys, ...functions.keys]);
  yield;
  const found = distinct([
    ...diagnosticsOf(parts),
    ...waivers.diagnostics,
    ...exclusions.diagnostics,
    ...expiredStates(parts, valid, context),
  ]);
  const diagnostics = cappedDiagnostics(found.filter(({ code }) => !REPORTED_ONCE.has(code)));
  yield;
  return {
    desired: {
      revision: context.revision,
      accounts: desiredAccounts(accounts.byName),
      accountSets: watched.sets,
      bindings: valid.bindings,
      policies: valid.policies,
      waivers: waivers.waivers,
      exclusions: exclusions.exclusions,
      profiles: profiles.profiles,
      ...(parts.windows.windows.length > 0 && { windows: parts.windows.windows }),
      teams: teams.teams,
      tenancy: teams.tenancy,
    },
    unattached: policies.unattached,
    diagnostics,
    invalid: valid.invalid,
    undecided: conflicts.undecided,
    fileKeys: keysByFile(files, keysOf),
    brokenFiles: broken,
    unreadFiles,
    lostKeys: new Map(unread === null ? [] : unknown.map((file) => [file, lostKeys(file, unread)] as const)),
    unresolvedPolicies: unresolvedPolicies(world, {
      paths: context,
      accounts: accounts.byName,
      unknownTargets: new Set(functions.unknown),
    }),
    mayLackAccountSets: watched.isPartial,
    profiles: profiles.known,
    windows: parts.windows.known,
    references: [...functions.used].sort(byKey).map(([, used]) => used),
    namedReferences: new Map(functions.named),
    objects: namedObjects(world, keysOf),
    functions: { surroundings: parts.surroundings, outcomes: functions.outcomes },
  };
}

/** Every kind of document, each for itself. */
interface Parts {
  readonly world: PlacedDocuments;
  readonly accounts: ReturnType<typeof compileAccounts>;
  readonly watched: WatchedSets;
  readonly teams: ReturnType<typeof compileTeams>;
  readonly functions: Functions;
  readonly conflicts: ReturnType<typeof findConflicts>;
  readonly otherReleases: ReturnType<typeof otherReleasedRoles>;
  readonly dependencies: ReturnType<typeof dependencyProblems>;
  readonly policies: CompiledPolicies;
  readonly profiles: ReturnType<typeof applyProfiles>;
  readonly windows: CompiledWindows;
  readonly surroundings: FunctionSurroundings;
}

function* compileParts(files: readonly ParsedFile[], context: CompileContext): Steps<Parts> {
  const world = placeDocuments(files, context);
  yield;
  const accounts = compileAccounts(world, context.simulator);
  const watched = watchedSets(world, context);
  const teams = compileTeams(world, { ...context, accounts: accounts.byName });
  const templates = compileTemplates(world);
  const unread = unreadPlatformFile(world, context);
  const surroundings = surroundingsOf(files, world, context);
  const functions = yield* compileFunctions(world, accounts.byName, {
    instance: context.instance,
    known: templates,
    unread,
    outcomes: knownOutcomes(context.functions ?? null, surroundings),
    referencesIn: referenceScopes({ ...teams, readings: context.readings ?? null }),
  });
  const placeOf = placesOfClaims(functions.keys);
  const conflicts = findConflicts(functions.claims, placeOf, {
    holders: context.holders,
    incumbents: context.incumbents ?? null,
    isAllowed: (claim) => mayClaim(claim, teams),
  });
  const otherReleases = otherReleasedRoles(functions.bindings, placeOf, context.holders);
  const dependencies = dependencyProblems(world.functions, {
    accounts: accounts.byName,
    keys: functions.keys,
    unreadFiles: unreadByNamespace(brokenFiles(world, functions.unknown), context),
  });
  yield;
  const policies = yield* compilePolicies(world, accounts.byName, {
    templates: templates.templates,
    references: functions.references,
    instance: context.instance,
  });
  const { approverGroups } = context;
  const names = { accounts: accounts.byName, teams: teams.teams, approverGroups };
  const inputs = { ...names, lost: lostProfiles(world, context) };
  const profiles = applyProfiles(world, inputs, [...functions.bindings, ...policies.policies]);
  yield;
  return {
    world,
    accounts,
    watched,
    teams,
    functions,
    conflicts,
    otherReleases,
    dependencies,
    policies,
    profiles,
    windows: compileWindows(world, { ...context, accounts: new Set(accounts.byName.keys()) }),
    surroundings,
  };
}

interface WaiverTerms {
  readonly unreadFiles: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

function compileAllWaivers(
  { world, accounts, profiles }: Parts,
  { bindings, invalid }: ValidStates,
  terms: WaiverTerms,
): ReturnType<typeof withoutUnwaivable> {
  const keys = new Set([...bindings.keys(), ...invalid.keys()]);
  const compiled = compileWaivers(usable(world.waivers), accounts.byName, { keys, ...terms });
  const waived = withoutUnwaivable(compiled.waivers, profiles, bindings);
  return { waivers: waived.waivers, diagnostics: [...compiled.diagnostics, ...waived.diagnostics] };
}

/** The problems of the documents themselves. */
function diagnosticsOf(parts: Parts): readonly Diagnostic[] {
  const { world, accounts, watched, teams, functions, policies, profiles } = parts;
  const { conflicts, otherReleases, dependencies } = parts;
  const placed = [
    ...world.accounts,
    ...world.accountSets,
    ...world.teams,
    ...world.waivers,
    ...world.exclusions,
  ];
  return [
    ...world.diagnostics,
    ...accounts.diagnostics,
    ...watched.diagnostics,
    ...functions.diagnostics,
    ...[...conflicts.byKey.values(), ...otherReleases.values()].flat(),
    ...dependencies.flatMap(([, problems]) => problems),
    ...policies.diagnostics,
    ...placed.flatMap(({ problems }) => problems),
    ...world.invalid.flatMap((one) => withAccountNames(one, accounts.byName)),
    ...teams.diagnostics,
    ...profiles.diagnostics,
    ...parts.windows.diagnostics,
  ];
}
