import type { Desired } from "../../model/desired.ts";
import { UNREAD_SOURCE, type Diagnostic } from "../../model/diagnostic.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { REFUSAL_REASONS } from "../../manifest/parse/refused.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { fairByFolder } from "../../model/values/fair-paths.ts";
import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import type { Json } from "../../model/values/json.ts";
import { UNKNOWN_GROUP } from "../../model/rules/guardrail-profile.ts";
import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import type { Steps } from "../../model/values/steps.ts";
import { accountsInForce } from "./accounts.ts";
import { servicesAfter } from "./declared-services.ts";
import type { AcceptedRevision } from "./accept.ts";
import { measureBindings } from "../binding-metrics.ts";
import type { ControllerContext, ControllerPorts } from "../settings.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import type { Intake } from "./sources/intake-of-source.ts";
import { knownSources, type KnownSource } from "./sources/known-sources.ts";
import { inSlices } from "../slices.ts";
import type { EnforcedState, EnforcedNow } from "../state/controller-state.ts";

/** Puts a revision in force: live is compared with it from now on, its action data is loaded, and changed keys are due. */
export async function enforce(
  accepted: RevisionToEnforce,
  { context, target, signal }: Pick<Intake, "context" | "target" | "signal">,
): Promise<void> {
  const { settings, ports } = context;
  const { enforced } = accepted;
  const { before, now, nowMs } = await putInForce(accepted, context, signal);
  const { name: source } = target.source;
  for (const other of knownSources(context))
    measure(other, { before, now, nowMs, isNew: other.source.name === source }, ports.telemetry);
  reportRefused(enforced, target, ports);
  reportDocuments(before, enforced, ports);
  if (target.namespace === null) reportGroups(enforced, ports);
  ports.telemetry.info("revision in force", {
    source,
    revision: enforced.inputs.get(target.namespace)?.revision ?? enforced.revision,
    bindings: enforced.compilation.desired.bindings.size,
    mode: settings.mode,
  });
}

export interface RevisionToEnforce
  extends Pick<AcceptedRevision, "enforced">, Pick<EnforcedNow, "authors" | "digest"> {}

/** Puts a revision in force in this process, without a word about it in its log. */
export async function putInForce(
  { enforced, authors, digest }: RevisionToEnforce,
  { state, ports }: ControllerContext,
  signal: AbortSignal,
): Promise<Omit<MeasuredRevision, "isNew">> {
  const { desired } = enforced.compilation;
  const changed = await inSlices(changedSince(state.enforced, enforced), ports.eventLoop, signal);
  const services = servicesAfter(desired, { before: loadedBefore(state.enforced), changed });
  const actionData = await ports.actionData.load(await inSlices(services, ports.eventLoop, signal));
  const records = await ports.store.accounts();
  const before = state.enforced;
  // Last, since the organizations of account sets may be read meanwhile.
  const accounts = accountsInForce(enforced, { records, sets: state.accountSets });
  const now: EnforcedNow = {
    ...enforced,
    authors,
    accounts,
    actionData,
    sourceTexts: sourceTexts(enforced),
    ...(digest !== undefined && { digest }),
  };
  const isRejudged = before === null || !sameProfiles(before, now);
  const swept = [...accounts.keys()].filter((id) => isRejudged || !sameAccount(before, now, id));
  const nowMs = ports.clock.nowMs();
  // Only the record has the comparisons before the first revision of this process.
  const uncompared = before === null ? [] : [...changed, ...keysIn(new Set(swept), desired)];
  state.enforce(now, new Map(uncompared.map((key) => [key, nowMs])));
  for (const account of accounts.values()) measureBindings(account, state, ports.telemetry);
  // The replica to which an account is assigned puts the revision in force itself.
  const isOwn = (id: AccountId): boolean => accounts.has(id) && !state.assigned.has(id);
  for (const accountId of swept) if (isOwn(accountId)) state.queue.addSweep(accountId, nowMs);
  for (const key of changed) if (isOwn(accountIdOf(key))) state.queue.addPatientKey(key, nowMs);
  for (const accountId of before?.accounts.keys() ?? [])
    if (!accounts.has(accountId)) state.queue.forget(accountId);
  return { before, now, nowMs };
}

/** The maximum number of unread files of a revision that are logged individually; `status` lists all. */
const MAX_LOGGED = 50;

interface MeasuredRevision {
  readonly before: EnforcedState | null;
  readonly now: EnforcedState;
  readonly nowMs: number;
  /** The revision of this source is the one that was put in force. */
  readonly isNew: boolean;
}

/** The gauges of one source. A revision of another source may have changed which of its files are broken. */
function measure(
  { source, namespace }: KnownSource,
  { before, now, nowMs, isNew }: MeasuredRevision,
  telemetry: Telemetry,
): void {
  const { name } = source;
  const input = now.inputs.get(namespace);
  const count = Map.groupBy(input?.refused ?? [], ({ reason }) => reason);
  for (const reason of REFUSAL_REASONS)
    telemetry.gauge("refused_files", count.get(reason)?.length ?? 0, { source: name, reason });
  const broken = now.compilation.brokenFiles.filter((path) => prefixOf(path) === namespace);
  telemetry.gauge("broken_files", broken.length, { source: name });
  if (isNew || (input !== undefined && before?.inputs.get(namespace)?.revision !== input.revision))
    telemetry.gauge("accepted_revision_timestamp_seconds", nowMs / 1_000, { source: name });
}

/** Names the unread files of the source in the log. */
function reportRefused(
  enforced: EnforcedState,
  { source: { name }, namespace }: KnownSource,
  { telemetry }: ControllerPorts,
): void {
  const { inputs, compilation } = enforced;
  const refused = inputs.get(namespace)?.refused ?? [];
  const paths = new Set(refused.map(({ path }) => path));
  const problems = compilation.diagnostics.filter(({ origin }) => paths.has(origin.file));
  const logged = fairByFolder(problems, MAX_LOGGED, ({ origin }) => origin.file);
  for (const { origin, message, fix, severity } of logged)
    telemetry.warn("file not read", {
      source: name,
      path: origin.file,
      severity,
      reason: message,
      hint: fix ?? "",
    });
  if (problems.length > MAX_LOGGED)
    telemetry.warn("more files not read", {
      source: name,
      revision: inputs.get(namespace)?.revision ?? "",
      count: problems.length - MAX_LOGGED,
    });
}

/**
 * Names in the log the documents that are not used since this revision. It may be of another source: the second of two
 * that declare the same function.
 */
function reportDocuments(
  before: EnforcedState | null,
  { inputs, compilation }: EnforcedState,
  { telemetry }: ControllerPorts,
): void {
  const textOf = ({ origin, message }: Diagnostic): string => `${formatOrigin(origin)}: ${message}`;
  const earlierProblems = new Set(before?.compilation.diagnostics.map(textOf));
  const unread = new Set([...inputs.values()].flatMap(({ refused }) => refused.map(({ path }) => path)));
  const isOfDocument = ({ code, severity, origin }: Diagnostic): boolean =>
    severity === "error" && code !== UNREAD_SOURCE && !unread.has(origin.file);
  const newProblems = compilation.diagnostics.filter(
    (one) => isOfDocument(one) && !earlierProblems.has(textOf(one)),
  );
  for (const { origin, message, fix } of fairByFolder(newProblems, MAX_LOGGED, (one) => one.origin.file))
    telemetry.warn("document not used", { path: formatOrigin(origin), reason: message, hint: fix ?? "" });
  if (newProblems.length > MAX_LOGGED)
    telemetry.warn("more documents not used", {
      count: newProblems.length - MAX_LOGGED,
      hint: "grantkeeper status",
    });
}

function reportGroups({ compilation }: EnforcedState, { telemetry, source }: ControllerPorts): void {
  for (const { code, origin, message, fix } of compilation.diagnostics)
    if (code === UNKNOWN_GROUP)
      telemetry.warn("no approver", {
        source: source.name,
        path: origin.file,
        reason: message,
        hint: fix ?? "",
      });
}

function* changedSince(before: EnforcedNow | null, after: EnforcedState): Steps<readonly Key[]> {
  return before === null ? [] : yield* changedKeys(before, after);
}

function loadedBefore(before: EnforcedNow | null): Parameters<typeof servicesAfter>[1]["before"] {
  if (before === null) return null;
  return { desired: before.compilation.desired, services: before.actionData.services };
}

function sourceTexts({ compilation }: EnforcedState): ReadonlyMap<Key, string> {
  return new Map(
    compilation.objects.flatMap((object) => object.keys.map((key) => [key, object.sourceText] as const)),
  );
}

/** A profile and a change window decide about keys whose own documents are unchanged. */
export function sameProfiles(before: EnforcedState, after: EnforcedState): boolean {
  const [then, now] = [before.compilation.desired, after.compilation.desired];
  return sameData(then.profiles, now.profiles) && sameData(then.windows ?? [], now.windows ?? []);
}

function sameAccount(before: EnforcedNow, after: EnforcedNow, accountId: AccountId): boolean {
  return sameData(before.accounts.get(accountId), after.accounts.get(accountId));
}

function keysIn(accounts: ReadonlySet<AccountId>, { bindings, policies }: Desired): readonly Key[] {
  if (accounts.size === 0) return [];
  return [...bindings.keys(), ...policies.keys()].filter((key) => accounts.has(accountIdOf(key)));
}

/** Keys whose meaning differs between two revisions, or that only one of them has. A waiver counts for its binding. */
export function* changedKeys(before: EnforcedState, after: EnforcedState): Steps<readonly Key[]> {
  const waived = [before, after].flatMap((one) =>
    one.compilation.desired.waivers.map((waiver) => waiver.binding),
  );
  const changed = new Set(waived);
  const isFenced = changedFences(before, after);
  const [then, now] = [stateFinder(before), stateFinder(after)];
  for (const key of [before, after].flatMap(keysOf)) {
    if (!sameData(then(key), now(key)) || isFenced?.(keyParts(key).namespace) === true) changed.add(key);
    yield;
  }
  return [...changed].sort();
}

/**
 * A change of a Team counts for all keys of its namespace, a change of the tenancy for all keys.
 * @returns null if none of them changed
 */
function changedFences(
  before: EnforcedState,
  after: EnforcedState,
): ((namespace: Namespace) => boolean) | null {
  const [then, now] = [before.compilation.desired, after.compilation.desired];
  const names = new Set([...then.teams.keys(), ...now.teams.keys()]);
  const changed = new Set([...names].filter((name) => !sameData(then.teams.get(name), now.teams.get(name))));
  const isOther = then.tenancy.kind !== now.tenancy.kind;
  if (!isOther && changed.size === 0) return null;
  return (namespace) => isOther || changed.has(namespace);
}

/** Some twice. */
function keysOf({ compilation: { desired, invalid }, brokenFileKeys }: EnforcedState): readonly Key[] {
  return [
    ...desired.bindings.keys(),
    ...desired.policies.keys(),
    ...brokenFileKeys.keys(),
    ...invalid.keys(),
  ];
}

/** The state of a key; undefined: it is not declared. */
function stateFinder({ compilation, brokenFileKeys }: EnforcedState): (key: Key) => unknown {
  const { desired, invalid } = compilation;
  return (key) => {
    const reasons = invalid.size === 0 ? undefined : invalid.get(key);
    const broken = brokenFileKeys.size === 0 ? undefined : brokenFileKeys.get(key);
    return reasons ?? (broken && [broken]) ?? desired.policies.get(key) ?? desired.bindings.get(key);
  };
}

export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return canonicalText(a as Json) === canonicalText(b as Json);
}
