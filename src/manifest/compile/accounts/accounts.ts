import { policyArn, parseArn, type Arn } from "../../../model/aws/arn.ts";
import type { AssumedIdentity, DesiredAccount } from "../../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import {
  parseAccountId,
  parsePartition,
  parseRegion,
  type AccountId,
  PLATFORM,
} from "../../../model/aws/ids.ts";
import { definedMembers } from "../../../model/values/lists.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { checked } from "../../schema-value.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { byTextOf } from "../../../text/order.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import type { AwsAccount } from "../../parse/parsed.ts";
import { boundaryName, type AwsAccountSpec } from "../../schema/aws-account.ts";
import { durationMs } from "../../fields/duration.ts";
import { fencesOf } from "./account-fences.ts";
import type { PlacedDocument } from "../placed.ts";
import type { PlacedDocuments } from "../placed-documents.ts";

/** The path of boundaries. They are declared and compared, never written by Grantkeeper. */
export const BOUNDARY_PATH = "/grantkeeper-boundary/";

/** Settings of the operator's file for all accounts of a simulated AWS; null: as in each account's manifest. */
export interface SimulatorTimes {
  readonly propagationWaitMs: number | null;
  readonly deleteQuietMs: number | null;
  readonly revertOtherMs: number | null;
  readonly waveIntervalMs: number | null;
}

/** An account by its name in manifests. */
export interface KnownAccount {
  readonly name: string;
  /** The id is known even if the document is otherwise invalid, since keys contain it. */
  readonly id: AccountId;
  /** null: the document is invalid, and so is every binding in the account. */
  readonly desired: DesiredAccount | null;
  /** Names of the platform's boundaries, the default first. */
  readonly boundaries: readonly string[];
  /** The values of `${account.…}` and `${partition}`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The place of its declaration. */
  readonly origin: Origin;
}

/** The partition of each known account, by its id. */
export function partitionsByAccount(
  accounts: ReadonlyMap<string, KnownAccount>,
): ReadonlyMap<string, string> {
  return new Map(
    [...accounts.values()].flatMap(({ id, variables }) => {
      const partition = variables["partition"];
      return partition === undefined ? [] : [[id, partition] as const];
    }),
  );
}

/** Why nothing can be compiled for the account, at the place that names it. */
export function unusableAccount({ name, origin }: KnownAccount, at: Origin): Diagnostic {
  const label = `account ${name}`;
  const message = `${label} can't be used: its manifest has problems`;
  const fix = `see ${formatOrigin(origin)}`;
  return { ...errorAt(at, "invalid-account", { message, fix }), causedBy: { label, account: name, origin } };
}

export interface CompiledAccounts {
  readonly byName: ReadonlyMap<string, KnownAccount>;
  readonly diagnostics: readonly Diagnostic[];
}

export function compileAccounts(world: PlacedDocuments, simulator: SimulatorTimes | null): CompiledAccounts {
  const byName = new Map<string, KnownAccount>();
  const diagnostics: Diagnostic[] = [];
  const boundaries = boundaryNames(world);
  const sameId = idClashes(world);
  for (const placed of world.accounts.filter((one) => one.namespace === PLATFORM)) {
    const { document } = placed;
    const problems = [
      ...placed.problems,
      ...(sameId.get(document) ?? []),
      ...boundaryProblems(document, boundaries),
    ];
    diagnostics.push(...problems);
    const known = knownAccount(document, problems.length > 0, simulator);
    byName.set(known.name, byName.has(known.name) ? { ...known, desired: null } : known);
  }
  for (const known of unusableAccounts(world)) if (!byName.has(known.name)) byName.set(known.name, known);
  return { byName, diagnostics };
}

function knownAccount(
  document: AwsAccount,
  isInvalid: boolean,
  simulator: SimulatorTimes | null,
): KnownAccount {
  const { spec, name } = document;
  const id = checked(parseAccountId(spec.id));
  const partition = spec.partition ?? "aws";
  return {
    name,
    id,
    desired: isInvalid ? null : desiredAccount(document, simulator),
    boundaries: [
      ...new Set([
        ...(spec.boundary === undefined ? [] : [spec.boundary]),
        ...(spec.boundaries ?? []).map(boundaryName),
      ]),
    ],
    variables: {
      "account.id": id,
      "account.name": name,
      partition,
      ...Object.fromEntries(
        Object.entries(spec.vars ?? {}).map(([key, value]) => [`account.vars.${key}`, value]),
      ),
    },
    origin: originOfValue(document, []),
  };
}

/** Documents that their schema refuses but whose name and id can be read. */
function unusableAccounts(world: PlacedDocuments): readonly KnownAccount[] {
  return world.invalid.flatMap(({ document, namespace }) => {
    const id = parseAccountId(document.accountId ?? "");
    if (document.of !== "AwsAccount" || namespace !== PLATFORM || document.name === null || id === undefined)
      return [];
    const origin = originOfValue(document, []);
    const { name, boundaries } = document;
    return [{ name, id, desired: null, boundaries, variables: {}, origin }];
  });
}

export function desiredAccount(document: AwsAccount, simulator: SimulatorTimes | null): DesiredAccount {
  const { spec, name } = document;
  const partition = checked(parsePartition(spec.partition ?? "aws"));
  const id = checked(parseAccountId(spec.id));
  const boundaryArn = (boundary: string): Arn =>
    policyArn({ partition, accountId: id }, BOUNDARY_PATH, boundary);
  const boundary = spec.boundary === undefined ? null : boundaryArn(spec.boundary);
  const choices = (spec.boundaries ?? []).map((choice) => boundaryArn(boundaryName(choice)));
  return {
    name,
    id,
    partition,
    regions: [...new Set(spec.regions)].map((region) => checked(parseRegion(region))).sort(),
    mode: spec.mode ?? "observe",
    modeOrigin: originOfValue(document, ["spec", "mode"]),
    observer: identityOf(spec.observer),
    writer: spec.writer === undefined ? null : identityOf(spec.writer),
    binder: spec.binder === undefined ? null : identityOf(spec.binder),
    boundary,
    boundaries: [...new Set(boundary === null ? choices : [boundary, ...choices])].sort(),
    functionRole: spec.functionRole ?? "verify",
    tagKeys: [...(spec.tagKeys ?? [])].sort(),
    protectedPolicies: [...(spec.protectedPolicies ?? [])].sort(),
    fences: fencesOf(spec, { partition, id, boundaryArn }),
    assumableRoles: [...(spec.assumableRoles ?? [])].sort(),
    passableRoles: [...(spec.passableRoles ?? [])].sort(),
    controllableResources: [...(spec.controllableResources ?? [])].sort(),
    ...(spec.adoptableRoles !== undefined && {
      adoptableRoles: spec.adoptableRoles.map((arn) => checked(parseArn(arn))).sort(),
    }),
    ...(spec.requireSourceAccount === true && { requiresSourceAccount: true as const }),
    limits: definedMembers(spec.limits ?? {}),
    revertOtherMs: simulator?.revertOtherMs ?? durationOf(spec.revert?.other ?? "15m"),
    propagationWaitMs: simulator?.propagationWaitMs ?? durationOf(spec.propagationWait ?? "60s"),
    deleteQuietMs: simulator?.deleteQuietMs ?? durationOf(spec.deleteQuiet ?? "24h"),
    ...waveIntervalOf(spec, simulator),
    budgets: definedMembers(spec.budgets ?? {}),
    origin: originOfValue(document, []),
  };
}

function waveIntervalOf(
  { adoption }: AwsAccountSpec,
  simulator: SimulatorTimes | null,
): Pick<DesiredAccount, "waveIntervalMs"> {
  const waveInterval = adoption?.waveInterval;
  const waveIntervalMs =
    simulator?.waveIntervalMs ?? (waveInterval === undefined ? undefined : durationOf(waveInterval));
  return waveIntervalMs === undefined ? {} : { waveIntervalMs };
}

export function identityOf(identity: AwsAccountSpec["observer"]): AssumedIdentity {
  return { roleArn: checked(parseArn(identity.role)), externalId: identity.externalId };
}

function durationOf(text: string): number {
  return checked(durationMs(text, "smhd"));
}

/** Two declarations of one account id would cause two passes over one account. */
function idClashes(world: PlacedDocuments): ReadonlyMap<AwsAccount, readonly Diagnostic[]> {
  const platform = world.accounts.filter((one) => one.namespace === PLATFORM);
  return new Map(
    platform.map(({ document }) => {
      const others = platform.filter(
        (one) => one.document !== document && one.document.spec.id === document.spec.id,
      );
      return [document, others.map((other) => sameIdProblem(document, other))];
    }),
  );
}

function sameIdProblem(document: AwsAccount, other: PlacedDocument<AwsAccount>): Diagnostic {
  const where = formatOrigin(originOfValue(other.document, ["spec", "id"]));
  const message = `account ${document.spec.id} is also ${other.document.name} in ${where}`;
  return errorAt(originOfValue(document, ["spec", "id"]), "duplicate-account", {
    message,
    fix: "keep one of them",
  });
}

interface BoundaryNames {
  readonly boundaries: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
}

/** The platform's policies; an invalid one counts by name, so that its users stay valid. */
function boundaryNames(world: PlacedDocuments): BoundaryNames {
  const platform = world.policies.filter((one) => one.namespace === PLATFORM);
  const invalid = world.invalid.filter(
    (one) => one.namespace === PLATFORM && one.document.of === "ManagedPolicy",
  );
  return {
    boundaries: new Set([
      ...platform.filter((one) => one.document.spec.use === "boundary").map((one) => one.document.name),
      ...invalid.map((one) => String(one.document.name)),
    ]),
    others: new Set(
      platform.filter((one) => one.document.spec.use !== "boundary").map((one) => one.document.name),
    ),
  };
}

function boundaryProblems(document: AwsAccount, names: BoundaryNames): readonly Diagnostic[] {
  const { boundary, boundaries = [] } = document.spec;
  const declared = [
    ...(boundary === undefined ? [] : [{ name: boundary, path: ["spec", "boundary"] }]),
    ...boundaries.map((one, index) => ({
      name: boundaryName(one),
      path: ["spec", "boundaries", index, ...(typeof one === "string" ? [] : ["name"])],
    })),
  ];
  return declared
    .filter(({ name }) => !names.boundaries.has(name))
    .map(({ name, path }) => {
      const origin = originOfValue(document, path);
      if (names.others.has(name)) {
        return errorAt(origin, "boundary", {
          message: `ManagedPolicy ${name} is not a boundary`,
          fix: "write use: boundary in it",
        });
      }
      const message = `unknown boundary "${name}"${didYouMean(name, [...names.boundaries])}`;
      return errorAt(origin, "boundary", {
        message,
        fix: "declare a ManagedPolicy with use: boundary in the platform's folder",
      });
    });
}

/** The usable ones, sorted by id. */
export function desiredAccounts(
  known: ReadonlyMap<string, KnownAccount>,
): ReadonlyMap<AccountId, DesiredAccount> {
  const desired = [...known.values()].flatMap((account) =>
    account.desired === null ? [] : [account.desired],
  );
  return new Map(desired.sort(byTextOf(({ id }) => id)).map((account) => [account.id, account]));
}
