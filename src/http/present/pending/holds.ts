import { subjectDigits } from "../../../model/rules/approval-subject.ts";
import { waitsByItself } from "../../../model/verdict.ts";
import type {
  HoldChange,
  HoldObject,
  HoldRisk,
  HoldSummary,
  HoldSummaryObject,
} from "../../../api/overview.ts";
import type { ObjectMeta } from "../../../api/object.ts";
import type { HeldChange, Overview } from "../../../controller/ports/control.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import { isBinding } from "../../../model/desired.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import { isSwitch, type Action } from "../../../model/plan.ts";
import { refusingRules } from "../../../model/rules/refusal.ts";
import { recorded } from "../../../plan/render/recorded.ts";
import { NO_DELTA } from "../../../model/delta.ts";
import { byTextOf } from "../../../text/order.ts";
import { mayAct, seesEverything, seesKey } from "../../access/access.ts";
import { hidesRole, type Reader } from "../../request/reader.ts";
import { envelope, isoTime } from "../metadata.ts";
import type { Hold } from "../../../model/answers/hold.ts";
import { rollbacksOf } from "./rollbacks.ts";
import { windowsAfter } from "./windows-after.ts";

/** Sorted by subject. A token with namespaces sees the holds that its keys are part of. */
export function holds(reader: Reader): readonly HoldObject[] {
  return shownHolds(reader).map(({ hold, summary }) => ({
    ...envelope("Hold", holdMetadata(hold)),
    get status() {
      const { commits, dropped } = hold;
      const changes = visibleChanges(reader, hold).map((change) => changeOf(reader, change));
      return {
        ...summary,
        ...(commits !== undefined && { commits }),
        ...(dropped !== undefined && { dropped }),
        changes,
      };
    },
  }));
}

/** The same without the changes of each key. */
export function holdSummaries(reader: Reader): readonly HoldSummaryObject[] {
  return shownHolds(reader).map(({ hold, summary }) => ({
    ...envelope("Hold", holdMetadata(hold)),
    status: summary,
  }));
}

function holdMetadata({ subject, sinceMs }: Hold): ObjectMeta {
  return { name: subjectDigits(subject), creationTimestamp: isoTime(sinceMs) };
}

interface ShownHold {
  readonly hold: Hold;
  readonly summary: HoldSummary;
}

function shownHolds(reader: Reader): readonly ShownHold[] {
  return reader.world.holds
    .flatMap((hold) => shownHold(reader, hold))
    .sort(byTextOf(({ hold }) => subjectDigits(hold.subject)));
}

function shownHold(reader: Reader, hold: Hold): readonly ShownHold[] {
  const { access, world } = reader;
  const keys = hold.keys.filter((key) => seesKey(access, key)).sort();
  const seesAll = seesEverything(access) || (keys.length > 0 && keys.length === hold.keys.length);
  if (!seesAll && keys.length === 0) return [];
  const rejection = world.rejections.find(({ subject }) => subject === hold.subject);
  const changes = visibleChanges(reader, hold);
  const windows = windowsAfter(reader, hold, changes);
  const rollbacks = rollbacksOf(world.overview, { subject: hold.subject, keys });
  const summary: HoldSummary = {
    subject: hold.subject,
    code: hold.code,
    reason: seesAll ? hold.reason : "also covers keys of other namespaces",
    ...(seesAll && hold.newAccess !== undefined && { newAccess: hold.newAccess }),
    ...(seesAll && hold.cause !== undefined && { cause: hold.cause }),
    ...(hold.opensAt !== undefined && { opensAt: hold.opensAt }),
    ...(windows.length > 0 && { windows }),
    ...(seesAll && hold.wave !== undefined && { wave: hold.wave }),
    account: hold.account,
    keys,
    bindings: keys.length,
    calls: seesAll ? hold.actions : null,
    risk:
      hold.keys.length === 0 || isOfVerdict(hold) ? null : riskOf(changes.flatMap(({ actions }) => actions)),
    since: isoTime(hold.sinceMs),
    group: seesAll ? groupOf(hold, world.overview.approvers) : null,
    authors: seesAll ? (hold.authors ?? []) : [],
    ...(seesAll && hold.unlistedAuthors !== undefined && { unlistedAuthors: hold.unlistedAuthors }),
    ...(keys.some((key) => reader.uncomparedSince(key) !== null) && { isOutdated: true }),
    ...(rollbacks.length > 0 && { rollbacks }),
    rejected:
      rejection === undefined ? null : { actor: rejection.actor, reason: rejection.reason, at: rejection.at },
    approvable: seesAll && isApprovable(access, hold),
  };
  return [{ hold, summary }];
}

/** Windows are the platform's, and a team removes its own `dependsOn` in Git: no namespace is enough to override either. */
function isApprovable(access: Reader["access"], { code, keys }: Hold): boolean {
  return mayAct(access, "approve", waitsByItself(code) ? [] : keys);
}

function groupOf({ group }: Hold, approvers: Overview["approvers"]): HoldSummary["group"] {
  if (group === undefined) return null;
  return { name: group, members: Object.hasOwn(approvers, group) ? (approvers[group] ?? []) : [] };
}

function visibleChanges(reader: Reader, hold: Hold): readonly HeldChange[] {
  return reader.heldChanges(hold).filter(({ key }) => seesKey(reader.access, key));
}

/** The calls on the role of another owner and their delta would reveal its permissions. */
function changeOf(reader: Reader, change: HeldChange): HoldChange {
  const { key, actions } = change;
  const { delta } = recorded(change);
  const view = reader.keyView(key);
  const hidden = view !== null && hidesRole(reader, view);
  return {
    key,
    risk: change.stricter === null ? riskOf(actions) : null,
    // No code runs on a role that is created.
    canBreak: delta.noLongerAllowed.length > 0 && !actions.some(({ call }) => call === "iam:CreateRole"),
    delta: hidden ? NO_DELTA : delta,
    ...(change.stricter !== null && { refusedBy: refusingRules(change.stricter.findings) }),
    ...(!hidden && change.grown.length > 0 && { grown: change.grown }),
    ...(change.changedReferences.length > 0 && { changedReferences: change.changedReferences }),
    calls: hidden ? [] : actions.map(({ call, target, risk }) => ({ call, target, risk })),
    ...(!hidden && rolesOf(actions)),
    ...(!hidden && ownObjects(view)),
  };
}

function ownObjects(view: KeyView | null): Pick<HoldChange, "own"> {
  const desired = view?.desired ?? null;
  if (desired === null || !isBinding(desired)) return {};
  const { role, functionArn, functionName, region } = desired;
  return {
    own: role.name === defaultRoleName(functionName, region) ? [functionArn, role.arn] : [functionArn],
  };
}

function rolesOf(actions: readonly Action[]): Pick<HoldChange, "roles"> {
  const found = actions.find(isSwitch);
  return found === undefined ? {} : { roles: { from: found.before, to: found.after } };
}

/** It changes nothing in AWS by itself: what the function cannot get later has no risk of a call. */
function isOfVerdict({ code }: Hold): boolean {
  return code === "verdict-changed";
}

function riskOf(actions: readonly Action[]): HoldRisk {
  if (actions.some(({ risk }) => risk === "high")) return "high";
  return actions.some(({ destructive }) => destructive) ? "medium" : "low";
}
