import type {
  BindingObject,
  DriftObject,
  FunctionObject,
  FunctionReading,
  PlanObject,
} from "../../api/bindings.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { NO_DELTA, type RecordedDelta } from "../../model/delta.ts";
import { type DesiredBinding, isBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { BrokenRule } from "../../model/keys/key-record.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import { driftFingerprint, isPendingChange, type Drift } from "../../model/drift.ts";
import type { LiveFunction } from "../../model/live.ts";
import { recorded, recordedPlan } from "../../plan/render/recorded.ts";
import { byKey } from "../../text/order.ts";
import {
  hidesDrift,
  hidesLive,
  hidesRole,
  hidesRoles,
  visibleKeys,
  visibleViews,
  type Reader,
} from "../request/reader.ts";
import { bindingStatus } from "./binding-status.ts";
import { suspendedAnnotations } from "./command-annotations.ts";
import { envelope, isoTime, keyMetadata } from "./metadata.ts";
import type { KeyView } from "../../model/answers/key-view.ts";

// Status is computed when it is read: a list of ten thousand is selected and cut before that.

export function* bindings(reader: Reader): Generator<BindingObject, void> {
  for (const key of visibleKeys(reader)) yield binding(reader, key);
}

/** @param key visible to the reader */
export function binding(reader: Reader, key: Key): BindingObject {
  const view = reader.keyView(key);
  const object = reader.world.objectOf.get(key);
  return {
    ...envelope("Binding", { ...keyMetadata(reader, key), ...annotationsOf(reader, key) }),
    spec: {
      key,
      // The view of a key that left Git has its last applied state.
      desired: object === undefined || view === null ? null : reader.desired(view),
      source: object === undefined ? null : { file: object.file, line: object.line },
    },
    get status() {
      const live = view === null ? null : liveOf(reader, view);
      const notes = view === null || hidesLive(reader, view) ? [] : view.notes;
      return {
        ...bindingStatus(reader, key),
        ...dependentsOf(reader, key),
        ...pendingOf(reader, view),
        notes,
        live,
      };
    },
  };
}

/** A function depends on functions of its own namespace alone, so that a person who sees one sees the others. */
function dependentsOf(reader: Reader, key: Key): Pick<BindingObject["status"], "dependents"> {
  const dependents = reader.dependents(key);
  return dependents.length === 0 ? {} : { dependents };
}

/** What no list of drift has: a change from Git that waits. */
function pendingOf(
  reader: Reader,
  view: KeyView | null,
): Pick<BindingObject["status"], "pendingDifferences"> {
  const pending = (view?.drifts ?? []).filter(isPendingChange);
  if (view === null || pending.length === 0) return {};
  const isOutdated = outdated(reader, view.key);
  return {
    pendingDifferences: pending.map((drift) => ({ ...shownDrift(reader, view, drift), ...isOutdated })),
  };
}

function annotationsOf(reader: Reader, key: Key): Pick<ObjectMeta, "annotations"> {
  const annotations = suspendedAnnotations(reader, [key]);
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

function liveOf(reader: Reader, view: KeyView): BindingObject["status"]["live"] {
  const found = hidesLive(reader, view) ? null : view.liveFunction;
  return {
    readAt: view.readAt,
    role: hidesRole(reader, view) ? null : view.liveRole,
    function: found === null ? null : functionReading(found),
  };
}

function functionReading(live: LiveFunction): FunctionReading {
  return { ...live, policies: Object.fromEntries([...live.policies].sort(byKey)) };
}

export function functions(reader: Reader): readonly FunctionObject[] {
  return visibleViews(reader).flatMap((view): readonly FunctionObject[] => {
    const desired = reader.desired(view);
    if (desired === null || !isBinding(desired)) return [];
    return [
      {
        ...envelope("Function", keyMetadata(reader, view.key)),
        get status() {
          const adoption = bindingStatus(reader, view.key).adoption ?? null;
          const isHidden = hidesLive(reader, view);
          const isInGit = reader.world.objectOf.has(view.key);
          const status = { ...functionStatus(view, desired), isInGit };
          return isHidden ? { ...status, live: null, adoption: null } : { ...status, adoption };
        },
      },
    ];
  });
}

function functionStatus(
  view: KeyView,
  desired: DesiredBinding,
): Omit<FunctionObject["status"], "adoption" | "isInGit"> {
  const { account, accountId, region, functionName, functionArn, role } = desired;
  return {
    key: view.key,
    account,
    accountId,
    region,
    functionName,
    functionArn,
    declaredRole: role.arn,
    readAt: view.readAt,
    live: functionLive(view.liveFunction, role.arn),
  };
}

function functionLive(live: LiveFunction | null, role: string): FunctionObject["status"]["live"] {
  if (live === null) return null;
  const { versions, roleArn, edge } = live;
  if (versions.kind !== "present") return { roleArn, versionsOnOtherRoles: null, edge };
  const others = versions.value.filter((version) => version.roleArn !== role);
  return { roleArn, versionsOnOtherRoles: others.map(({ version }) => version).sort(), edge };
}

export function drifts(reader: Reader): readonly DriftObject[] {
  return visibleViews(reader).flatMap((view) => {
    const sinceMs = reader.world.records.get(view.key)?.driftSinceMs ?? {};
    const drifts = view.drifts.filter((drift) => !isPendingChange(drift));
    return drifts.map((drift): DriftObject => {
      const fingerprint = driftFingerprint(drift);
      const since = sinceMs[fingerprint];
      return {
        ...envelope("Drift", driftMetadata(reader, view.key, { fingerprint, since })),
        status: {
          ...shownDrift(reader, view, drift),
          since: since === undefined ? null : isoTime(since),
          readAt: view.readAt,
          ...outdated(reader, view.key),
        },
      };
    });
  });
}

/** A difference is not as old as the document. */
function driftMetadata(
  reader: Reader,
  key: Key,
  { fingerprint, since }: { readonly fingerprint: string; readonly since: number | undefined },
): ObjectMeta {
  const { creationTimestamp: _, ...rest } = keyMetadata(
    reader,
    key,
    `.${sha256Hex(fingerprint).slice(0, 12)}`,
  );
  return { ...rest, ...(since !== undefined && { creationTimestamp: isoTime(since) }) };
}

/** The last pass compared the key with an earlier declaration than the one in force. */
function outdated(reader: Reader, key: Key): { readonly isOutdated?: true } {
  return reader.uncomparedSince(key) === null ? {} : { isOutdated: true };
}

/** Leaves out the content of a role of another owner, its owner tag included. */
export function shownDrift(reader: Reader, view: KeyView, drift: Drift): Drift<RecordedDelta> {
  if (!hidesDrift(reader, view, drift)) return recorded(drift);
  const isOfFunction = drift.subject !== view.liveRole?.arn;
  return { ...drift, live: isOfFunction && !hidesLive(reader, view) ? drift.live : null, delta: NO_DELTA };
}

export function plans(reader: Reader): readonly PlanObject[] {
  return visibleViews(reader).map((view) => ({
    ...envelope("Plan", keyMetadata(reader, view.key)),
    get status() {
      const { key, plan, verdict, findings, readAt } = view;
      // The actions and their deltas would reveal the permissions of the other owner's role.
      const shown = plan === null || hidesRole(reader, view) ? null : recordedPlan(plan);
      const isComplete = view.unread.length === 0;
      const rules = ruleJudgement(reader, view);
      return { key, plan: shown, isComplete, verdict, findings, rules, readAt, ...outdated(reader, key) };
    },
  }));
}

type RuleJudgement = PlanObject["status"]["rules"];

function ruleJudgement(reader: Reader, view: KeyView): RuleJudgement {
  const { world } = reader;
  const broken = Object.entries(world.records.get(view.key)?.brokenRules ?? {}).map(
    ([rule, found]) => [rule, firstFound(found)] as const,
  );
  return {
    notJudged: notJudgedBecause(world, view),
    broken: Object.fromEntries(broken),
    live: liveJudgement(reader, view),
  };
}

/** A breach names statements of the roles, which may belong to another owner. */
function liveJudgement(reader: Reader, view: KeyView): RuleJudgement["live"] {
  if (!reader.world.objectOf.has(view.key)) return { notJudged: null, breaches: [] };
  if (hidesRoles(reader, view)) return { notJudged: "the role belongs to another owner", breaches: [] };
  const before = reader.world.records.get(view.key)?.rulesBrokenInAws ?? {};
  const { breaches, unread } = view.liveRules;
  const [notJudged = null] = [...view.unread, ...unread];
  return {
    notJudged,
    breaches: breaches.map((breach) => {
      const found = before[breach.rule];
      return { ...breach, found: found === undefined ? null : firstFound(found) };
    }),
  };
}

function firstFound({ sinceMs, revision }: BrokenRule): RuleJudgement["broken"][string] {
  return { since: isoTime(sinceMs), revision };
}

function notJudgedBecause({ overview, objectOf }: Reader["world"], view: KeyView): string | null {
  if (overview.brokenKeys.has(view.key)) return "the manifest is broken: the last applied state is in effect";
  if (!objectOf.has(view.key)) return "Git no longer declares it";
  if (view.plan === null) return view.unread[0] ?? "AWS was not read";
  return null;
}
