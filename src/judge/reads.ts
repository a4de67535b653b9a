import { statementInId } from "../model/aws/arns/statement-id.ts";
import { isBeforeTakeOver, isTakingOver } from "../diff/role/take-over.ts";
import { functionInArn, nameInArn, type FunctionInArn } from "../model/aws/arn.ts";
import type { Suspension } from "../model/approval.ts";
import type { FunctionRequest, SweepRequest, TargetedRequest } from "../model/read-requests.ts";
import { type DesiredAccount, type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRegion } from "../model/live.ts";
import type { InventoryItem } from "../model/status.ts";
import { type Pass, lastAppliedState, comparableOf, type Subject } from "./subject.ts";
import { keptPolicies } from "./policy-reads/kept-policies.ts";
import { adoptionRound, isWaitedFor } from "./states/adoption-round.ts";
import { versionTurns } from "./states/version-turns.ts";
import { functionPlaceId } from "../model/changes/changed-qualifiers.ts";
import { undoOrderOf } from "../model/keys/undo-order.ts";

/** The account, and the pass (or command) that reads it. */
interface ReadingAccount extends KnownQualifiers {
  readonly account: DesiredAccount;
  readonly id: string;
  /** Absent: of a command, which undoes nothing. */
  readonly suspensions?: readonly Suspension[];
}

/** Where undeclared qualifiers with a policy are known from; missing: from the record alone. */
interface KnownQualifiers {
  /** The observation of this pass. */
  readonly live?: LiveAccount;
  /** The last observation before. */
  readonly base?: LiveAccount | null;
  /** By `functionPlaceId`: those that change events name. */
  readonly changedQualifiers?: ReadonlyMap<string, readonly string[]>;
}

type SlicedPass = Pick<
  Pass,
  "base" | "policyReads" | "startedAtMs" | "sweepMs" | "requestedKeys" | "suspensions" | "changedQualifiers"
>;

interface Sweeper extends ReadingAccount {
  /** By key: the function whose policies are kept as they were read before. Missing: there is none. */
  readonly kept?: ReadonlyMap<Key, LiveFunction>;
  /** Absent: of a command, which reads no policies of versions that Git does not declare. */
  readonly startedAtMs?: number;
}

/** By key: the functions whose policies a sweep keeps as they were read before. */
export function keptFunctions(
  subjects: readonly Subject[],
  pass: SlicedPass,
): ReadonlyMap<Key, LiveFunction> {
  const { base, policyReads, startedAtMs: nowMs, sweepMs, requestedKeys } = pass;
  const { suspensions, changedQualifiers } = pass;
  if (policyReads === undefined || base === null) return new Map();
  const keys = subjects.map((subject) => {
    const declared = comparableOf(subject);
    const isComparable = declared !== null && isBinding(declared);
    return {
      key: subject.key,
      record: subject.record,
      isComparable,
      requests: functionRequests(subject, {
        isTurn: false,
        base,
        ...(changedQualifiers && { changedQualifiers }),
      }),
    };
  });
  return keptPolicies(keys, { ...policyReads, base, nowMs, sweepMs, requestedKeys, suspensions });
}

/** A read of the entire account, and of what its listings leave out for these subjects. */
export function sweepRequest(subjects: readonly Subject[], sweeper: Sweeper): SweepRequest {
  const { account, id, kept, startedAtMs } = sweeper;
  const round = adoptionRound(subjects.map(({ record }) => record));
  const declared = subjects.filter(({ kind }) => kind !== "removed").map(({ record }) => record);
  const versions = startedAtMs === undefined ? new Map() : versionTurns(declared, { round, startedAtMs });
  return {
    account,
    pass: id,
    functions: subjects.flatMap((subject) => {
      const known = kept?.get(subject.key);
      const turn = { isTurn: round.has(subject.key), versionsOfTurn: versions.get(subject.key) ?? 0 };
      const requests = functionRequests(subject, { ...sweeper, ...turn });
      return known === undefined ? requests : requests.map((request) => ({ ...request, known }));
    }),
    policies: unique(subjects.flatMap(policyArns)),
    everyVersion: subjects.some((subject) => mayBeDeleted(subject) || inPlaceRoles(subject).length > 0),
    roleNames: unique(subjects.flatMap(listedRoleNames)),
    stackRoles: unique(subjects.flatMap(inPlaceRoles)),
    ...(subjects.some(isOverQuota) && { freshQuotas: true }),
  };
}

/** AWS may have raised the quota since. */
function isOverQuota({ record }: Subject): boolean {
  return record.status?.conditions.some(({ reason }) => reason === "QuotaExceeded") ?? false;
}

/** A fresh read of the objects of these subjects alone. */
export function targetedRequest(subjects: readonly Subject[], reader: ReadingAccount): TargetedRequest {
  const { account, id, suspensions = [] } = reader;
  const undone = subjects.filter(({ key }) => undoOrderOf(key, suspensions) !== null);
  const former = undone.flatMap(({ record }) => formerObjects(record));
  return {
    account,
    pass: id,
    roleNames: unique([...subjects.flatMap(roleNames), ...former.map(({ role }) => role)]),
    stackRoles: unique(subjects.flatMap(inPlaceRoles)),
    policyArns: unique([...subjects.flatMap(policyArns), ...former.flatMap(({ policies }) => policies)]),
    functions: subjects.flatMap((subject) =>
      functionRequests(subject, {
        ...reader,
        isTurn: undone.includes(subject) || isWaitedFor(subject.record),
      }),
    ),
  };
}

/** The role whose take-over is the next write: no stack may own it, and no other function or version may run on it. */
function inPlaceRoles(subject: Subject): string[] {
  const state = comparableOf(subject);
  return state !== null && isBeforeTakeOver(state, subject.record) ? [state.role.name] : [];
}

/** An undo depends on the former role of the function, and on the policies that it had. */
function formerObjects({
  formerRole,
  adoption,
}: KeyRecord): readonly { readonly role: string; readonly policies: readonly string[] }[] {
  const arn = formerRole?.arn ?? adoption?.from ?? null;
  if (arn === null) return [];
  const places = Object.keys(formerRole?.fingerprint.documents ?? {});
  return [{ role: nameInArn(arn), policies: places.filter((place) => place.startsWith("arn:")) }];
}

/** A role is deleted only if no function runs on it: neither $LATEST nor a published version. */
function mayBeDeleted(subject: Subject): boolean {
  const applied = subject.kind === "removed" ? lastAppliedState(subject.record) : null;
  return applied !== null && applied.deletionPolicy === "delete";
}

/**
 * Roles whose listing may lack a field that a decision needs: an expected boundary, or the time of last use before a
 * delete.
 */
function listedRoleNames(subject: Subject): string[] {
  return states(subject).flatMap((state) =>
    isBinding(state) && (state.role.boundary !== null || subject.kind === "removed") ? [state.role.name] : [],
  );
}

/** With those in the inventory: it still has the role that a binding had before Git declared another one. */
function roleNames(subject: Subject): string[] {
  const declared = states(subject).flatMap((state) => (isBinding(state) ? [state.role.name] : []));
  return [...declared, ...inventoryIds(subject.record, "role").map(nameInArn)];
}

/** Our own policies, for their tags, and the AWS-managed policies that a role will attach, for their documents. */
function policyArns(subject: Subject): string[] {
  const declared = states(subject).flatMap((state) =>
    "policyName" in state ? [state.arn] : awsManaged(state),
  );
  return [...declared, ...inventoryIds(subject.record, "policy"), ...formerPolicies(subject.record)];
}

/** The policies that a role had before it was taken over: an undo depends on their documents. */
function formerPolicies({ adoptedRole }: KeyRecord): readonly string[] {
  if (adoptedRole === undefined) return [];
  const { attachments, boundary } = adoptedRole.former;
  return boundary === null ? attachments : [...attachments, boundary];
}

function awsManaged({ role }: DesiredBinding): string[] {
  return role.attachments
    .filter((attachment) => attachment.policy === null)
    .map((attachment) => attachment.arn);
}

interface FunctionTurn extends KnownQualifiers {
  readonly isTurn: boolean;
  /** Of so many published versions the policies are read; missing: of none. */
  readonly versionsOfTurn?: number;
}

/**
 * The functions and qualifiers that are declared, those of the last applied state, those in the inventory, and the undeclared
 * ones that are known to have a policy, or that a change event names.
 */
function functionRequests(
  subject: Subject,
  { isTurn, versionsOfTurn: most = 0, ...known }: FunctionTurn,
): FunctionRequest[] {
  const parts = keyParts(subject.key);
  if (parts.kind === "policy") return [];
  const bindings = states(subject).filter(isBinding);
  const [first] = bindings;
  const recorded = inventoryFunctions(subject);
  const declared = bindings.flatMap((binding) => binding.callers.map((caller) => caller.qualifier));
  const qualifiers = [
    ...new Set<string | null>([null, ...declared, ...recorded.map(({ qualifier }) => qualifier)]),
  ];
  const isManaged = first?.functionRole === "manage";
  const names = [...bindings.map(({ functionName }) => functionName), ...recorded.map(({ name }) => name)];
  return unique(names).map((functionName) => ({
    region: parts.region,
    functionName,
    qualifiers: unique([
      ...qualifiers,
      ...undeclared(subject, { region: parts.region, functionName }, known),
    ]),
    versions: subject.kind === "removed" || isManaged || qualifiers.some((qualifier) => qualifier !== null),
    aliases: isTurn,
    ...(most > 0 && { versionPolicies: { after: versionsReadTo(subject, functionName), most } }),
    switchTo: first !== undefined && (isTurn || isManaged) ? first.role.arn : null,
    ...(first !== undefined && isTakingOver(first, subject.record) && { takesOver: true as const }),
  }));
}

/** The last version that this round has read; 0: none. */
function versionsReadTo({ record: { undeclaredQualifiers: known } }: Subject, functionName: string): number {
  return known?.functionName === functionName ? (known.versions?.round?.readTo ?? 0) : 0;
}

function undeclared(
  { record: { undeclaredQualifiers: recorded } }: Subject,
  { region, functionName }: Pick<FunctionRequest, "region" | "functionName">,
  { live, base = null, changedQualifiers }: KnownQualifiers,
): readonly string[] {
  const at = (live ?? base)?.regions.get(region);
  const found = at?.kind === "read" ? at.functions.get(functionName) : undefined;
  const seen = [...(found?.policies ?? [])].flatMap(([qualifier, policy]) =>
    qualifier === "" || policy.kind === "absent" ? [] : [qualifier],
  );
  return [
    ...(recorded?.functionName === functionName ? recorded.withPolicy : []),
    ...seen,
    ...(changedQualifiers?.get(functionPlaceId(region, functionName)) ?? []),
  ];
}

/** Those that have statements of ours. */
function inventoryFunctions({ record }: Pick<Subject, "record">): readonly FunctionInArn[] {
  return inventoryIds(record, "statement").flatMap((id) => functionInArn(statementInId(id)?.arn ?? "") ?? []);
}

function inventoryIds({ inventory }: KeyRecord, type: InventoryItem["type"]): string[] {
  return inventory.flatMap((item) => (item.type === type ? [item.id] : []));
}

function states(subject: Subject): readonly (DesiredBinding | DesiredPolicy)[] {
  return [comparableOf(subject), lastAppliedState(subject.record)].filter((state) => state !== null);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/**
 * GetRole, its three lists and its inline policy; the function's configuration and its policy. An additional qualifier or
 * inline policy makes it more.
 */
const CALLS_OF_A_KEY = 7;
/** So few keys are read within seconds, however small the account is. */
const ALWAYS_TARGETED = 20;
/** The listings are of so many roles and policies, or functions, on each page. */
const IAM_PAGE = 1_000;
const LAMBDA_PAGE = 50;

/**
 * Whether a sweep reads so many keys with fewer calls than targeted reads of each. It reads all others as well, and passes
 * over a few keys may overtake it, such as those of a change event.
 * @param base the account as it was last read
 */
export function isSweepCheaper(keys: number, base: LiveAccount): boolean {
  return keys > ALWAYS_TARGETED && keys * CALLS_OF_A_KEY > sweepCalls(base);
}

function sweepCalls({ roles, policies, regions }: LiveAccount): number {
  const details = Math.ceil((roles.size + policies.size) / IAM_PAGE);
  const listed = Math.ceil(roles.size / IAM_PAGE);
  const ofRegions = [...regions.values()].map(callsOfRegion);
  return ofRegions.reduce((sum, calls) => sum + calls, details + listed);
}

function callsOfRegion(region: LiveRegion): number {
  if (region.kind !== "read") return 1;
  const functions = [...region.functions.values()];
  const pages = Math.max(1, Math.ceil(functions.length / LAMBDA_PAGE));
  return functions.reduce((sum, one) => sum + callsOfFunction(one), pages);
}

/** Of what the last read requested: nothing if no manifest declares it. */
function callsOfFunction({ policies, versions, aliases }: LiveFunction): number {
  const lists = [versions, aliases].filter(({ kind }) => kind !== "not-requested");
  return policies.size + lists.length;
}
