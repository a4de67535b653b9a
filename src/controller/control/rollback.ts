import { isNamedBy } from "../../model/rules/approval-subject.ts";
import {
  LONGEST_PIN_MS,
  type PinnedSource,
  type RollbackEnd,
  type RollbackOrder,
  type SourcePin,
} from "../../model/keys/source-pin.ts";
import type { Desired } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import type { SourceVerified } from "../../model/verification.ts";
import type { Refusal } from "../ports/control.ts";
import { acceptCompiled, compileRevision } from "../revision/intake.ts";
import type { AcceptedRevision } from "../revision/accept.ts";
import { changePin, endPin, showPin } from "../revision/pins.ts";
import { beforeRollback, type FetchResult } from "../revision/revisions.ts";
import { withAllRecords, type SourceIntake } from "../revision/sources/intake-of-source.ts";
import { knownSources, recordedSource, type KnownSource } from "../revision/sources/known-sources.ts";
import type { ControllerContext } from "../settings.ts";

/** Puts an older accepted revision in force until a time. The rules and limits of today decide about each of its plans. */
export async function rollback(
  request: RollbackOrder,
  actor: string,
  context: ControllerContext,
): Promise<Result<PinnedSource, Refusal>> {
  const nowMs = await context.ports.store.nowMs();
  const problem = requestProblem(request, nowMs);
  if (problem !== null) return err({ code: "invalid", message: problem });
  const target = sourceNamed(request.namespace, context);
  if (target.kind === "err") return target;
  const revision = await acceptedRevision(target.value, request.revision, context);
  if (revision.kind === "err") return revision;
  return context.state.intakes.inTurn(async () => {
    const intake = await intakeOf(target.value, context);
    const { record } = intake;
    const from = record === null ? null : (beforeRollback(record) ?? record.acceptedRevision);
    if (from === null) return err({ code: "conflict", message: "no revision of the source is in force" });
    const { reason, until } = request;
    const at = new Date(nowMs).toISOString();
    return pinTo({ revision: revision.value, from, actor, reason, at, until }, intake);
  });
}

/** Ends a rollback before its time: the newest revision is fetched and applied. */
export async function endRollback(
  { namespace, reason }: RollbackEnd,
  actor: string,
  context: ControllerContext,
): Promise<Result<PinnedSource, Refusal>> {
  if (reason.trim() === "") return err({ code: "invalid", message: "the end of a rollback needs a reason" });
  const target = sourceNamed(namespace, context);
  if (target.kind === "err") return target;
  return context.state.intakes.inTurn(async () => {
    const intake = await intakeOf(target.value, context);
    const { record } = intake;
    const pin = record?.pin;
    if (record === null || pin === undefined)
      return err({
        code: "not-found",
        message: `no rollback of source "${target.value.source.name}" is in force`,
      });
    await endPin(intake, { ...record, pin }, { actor, reason });
    return ok({ source: target.value.source.name, namespace, pin });
  });
}

function requestProblem({ reason, until }: RollbackOrder, nowMs: number): string | null {
  if (reason.trim() === "") return "a rollback needs a reason";
  const leftMs = Date.parse(until) - nowMs;
  if (!(leftMs > 0)) return `a rollback ends in the future, got "${until}"`;
  return leftMs > LONGEST_PIN_MS ? "a rollback lasts at most 7 days: write --for 7d or less" : null;
}

function sourceNamed(
  namespace: RollbackOrder["namespace"],
  context: ControllerContext,
): Result<KnownSource, Refusal> {
  const target = knownSources(context).find((one) => one.namespace === namespace);
  return target === undefined
    ? err({ code: "not-found", message: `namespace "${namespace}" has no source of its own` })
    : ok(target);
}

async function intakeOf(target: KnownSource, context: ControllerContext): Promise<SourceIntake> {
  const record = await recordedSource(target, context);
  return { context, target, record, signal: context.state.hardStop };
}

/** The revision of the source that was accepted once and that the name identifies. */
async function acceptedRevision(
  { source }: KnownSource,
  name: string,
  { ports: { audit } }: ControllerContext,
): Promise<Result<Revision, Refusal>> {
  const found = new Set<Revision>();
  for await (const entry of audit.entries({ kind: "revision-accepted" }))
    if (entry.kind === "revision-accepted" && entry.source === source.name && isNamedBy(entry.revision, name))
      found.add(entry.revision);
  const [revision, ...more] = found;
  if (revision === undefined)
    return err({
      code: "not-found",
      message: `source "${source.name}" had no accepted revision "${name}"`,
      hint: "list them with: grantkeeper history --kind revision-accepted",
    });
  if (more.length > 0)
    return err({
      code: "ambiguous",
      message: `"${name}" names ${more.length + 1} revisions; add more digits`,
    });
  return ok(revision);
}

async function pinTo(pin: SourcePin, intake: SourceIntake): Promise<Result<PinnedSource, Refusal>> {
  const { target, record } = intake;
  const pinned = { source: target.source.name, namespace: target.namespace, pin };
  if (record?.acceptedRevision === pin.revision) {
    if (record.pin === undefined && record.pastPin === undefined)
      return err({ code: "conflict", message: `${shortRevision(pin.revision)} is in force already` });
    await changePin(pin, record, intake);
    return ok(pinned);
  }
  const read = await readFor(pin, intake);
  if (read.kind === "err") return read;
  const withRecords = await withAllRecords(intake);
  const compiled = await compileRevision(read.value.snapshot, withRecords);
  const changed = compiled.kind === "ok" ? changedRules(intake.context, compiled.value) : [];
  if (changed.length > 0) return otherRules(pin, changed);
  if (!(await acceptCompiled({ ...read.value, pin }, compiled, withRecords)))
    return err({ code: "conflict", message: `${shortRevision(pin.revision)} has no manifests` });
  showPin({ ...pin, waiting: null }, intake);
  target.memory.processed();
  return ok(pinned);
}

/** What decides about plans and their approvals, or where they are written. */
const RULES = {
  profiles: "GuardrailProfiles",
  windows: "ChangeWindows",
  teams: "Teams",
  tenancy: "tenancy",
  waivers: "Waivers",
  exclusions: "Exclusions",
  accounts: "AwsAccounts",
  accountSets: "AccountSets",
} as const satisfies Partial<Record<keyof Desired, string>>;

/** The kinds of documents that decide and that the older revision has otherwise. A rollback brings back grants alone. */
function changedRules(
  { state: { enforced } }: ControllerContext,
  { enforced: { compilation } }: AcceptedRevision,
): readonly string[] {
  const now = enforced?.compilation.desired;
  return (Object.keys(RULES) as (keyof typeof RULES)[])
    .filter((name) => !sameRules(now?.[name], compilation.desired[name]))
    .map((name) => RULES[name]);
}

function sameRules(now: unknown, then: unknown): boolean {
  const textOf = (rules: unknown): string =>
    canonicalText(JSON.parse(JSON.stringify(rules ?? [], withoutPlaces)) as Json);
  return textOf(now) === textOf(then);
}

/** Another line of its file is no other rule. */
function withoutPlaces(name: string, value: unknown): unknown {
  if (name === "origin" || name.endsWith("Origin")) return undefined;
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

function otherRules({ revision }: SourcePin, changed: readonly string[]): Result<never, Refusal> {
  return err({
    code: "conflict",
    message: `${shortRevision(revision)} has other platform documents than those in force: ${changed.join(", ")}`,
    hint: "a rollback does not change these: revert the commits in Git",
  });
}

/** What is checked of every revision: that it can be read, what it is to the accepted one, and its signatures. */
async function readFor(
  { revision, from }: SourcePin,
  { target: { source }, signal }: SourceIntake,
): Promise<Result<Extract<FetchResult, { readonly kind: "new" }>, Refusal>> {
  const name = shortRevision(revision);
  const snapshot = await source.at(revision, signal);
  if (snapshot.kind === "err") return unread(snapshot.error);
  const step = await source.compare(from, revision, signal);
  if (step.kind === "err") return unread(step.error);
  if (step.value.relation !== "older")
    return err({
      code: "conflict",
      message: `${name} is not in the history of the accepted revision`,
      hint: "a rollback goes back to an older commit of the same branch; for anything else, push it",
    });
  const verification = await source.verify({ from, approved: [], to: revision }, signal);
  if (verification.kind === "err") return unread(verification.error);
  const proof = verification.value;
  if (proof.kind === "unverified")
    return err({ code: "conflict", message: `${name} is not verified: ${proof.message}`, hint: proof.fix });
  const verified: SourceVerified | null =
    proof.kind === "not-required"
      ? null
      : { status: "True", reason: "SignaturesVerified", message: proof.message, fix: null };
  const { authors } = step.value;
  return ok({ kind: "new", snapshot: snapshot.value, commits: [], authors, verified, signers: [] });
}

function unread({
  message,
  fix,
}: {
  readonly message: string;
  readonly fix: string;
}): Result<never, Refusal> {
  return err({ code: "unavailable", message, hint: fix });
}
