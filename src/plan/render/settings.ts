import { settingsText } from "../../diff/drift/setting-texts.ts";
import { isObject } from "../../text/json-values.ts";
import type { Action } from "../../model/plan.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import { formatSpan } from "../../model/values/duration.ts";
import type { SettingDifference } from "../../model/answers/permission-state.ts";
import { someOf } from "../../text/phrases.ts";
import { policyName, shortArn } from "./words.ts";

const WORDING = "differs in wording only";

/** The changes of an action other than permissions; empty if its permission rows show everything. */
export function actionSettings(action: Action): readonly SettingDifference[] {
  return (SETTINGS[action.call] ?? otherWrite)(action);
}

const SETTINGS: Partial<Record<WriteCall, (action: Action) => readonly SettingDifference[]>> = {
  "iam:CreateRole": ({ target }) => [{ what: "role", live: null, declared: shortArn(target) }],
  "iam:DeleteRole": ({ target }) => [{ what: "role", live: shortArn(target), declared: null }],
  "iam:UpdateRole": ({ before, after }) => settingTexts(before, after),
  "iam:TagRole": ({ before, after }) => tagTexts(before, after),
  "iam:UntagRole": ({ before, after }) => tagTexts(before, after),
  "iam:TagPolicy": ({ before, after }) => tagTexts(before, after),
  "iam:UntagPolicy": ({ before, after }) => tagTexts(before, after),
  "iam:PutRolePermissionsBoundary": ({ before, after }) => [
    { what: "boundary", live: nameOrNone(before), declared: nameOrNone(after) },
  ],
  "iam:UpdateAssumeRolePolicy": (action) =>
    hasRows(action) ? [] : [{ what: "trust policy", live: changeText(action), declared: "as in Git" }],
  "iam:PutRolePolicy": (action) => inlinePolicy(action),
  "iam:DeleteRolePolicy": (action) => inlinePolicy(action),
  "iam:AttachRolePolicy": (action) => attachedPolicy(action),
  "iam:DetachRolePolicy": (action) => attachedPolicy(action),
  "lambda:AddPermission": (action) => statement(action),
  "lambda:RemovePermission": (action) => statement(action),
  "lambda:UpdateFunctionConfiguration": ({ before, after }) => [
    { what: "function's role", live: arnOrNone(before), declared: arnOrNone(after) },
  ],
};

function hasRows({ delta: { allowed, noLongerAllowed } }: Action): boolean {
  return allowed.length + noLongerAllowed.length > 0;
}

/** If there are no rows and no doubt, the permissions stay the same. */
function changeText({ delta }: Action): string {
  return delta.unknownEffect.length > 0 ? "differs" : WORDING;
}

function inlinePolicy(action: Action): readonly SettingDifference[] {
  const { before, after, input } = action;
  if (hasRows(action)) return [];
  const what = `policy "${textOf(input["PolicyName"])}"`;
  if (before === null) return [{ what, live: null, declared: "without permissions" }];
  if (after === null) return [{ what, live: "without effect of its own", declared: null }];
  return [{ what, live: changeText(action), declared: "as in Git" }];
}

/** A policy that was not read has no rows, so its name is shown instead. */
function attachedPolicy(action: Action): readonly SettingDifference[] {
  if (hasRows(action)) return [];
  const what = `policy "${policyName(textOf(action.input["PolicyArn"]))}"`;
  return action.call === "iam:AttachRolePolicy"
    ? [{ what, live: null, declared: "attached" }]
    : [{ what, live: "attached", declared: null }];
}

function statement(action: Action): readonly SettingDifference[] {
  if (hasRows(action)) return [];
  const what = `statement "${textOf(action.input["StatementId"])}"`;
  return action.call === "lambda:AddPermission"
    ? [{ what, live: null, declared: "as in Git" }]
    : [{ what, live: "without effect of its own", declared: null }];
}

function otherWrite(action: Action): readonly SettingDifference[] {
  const { call, target } = action;
  return hasRows(action) ? [] : [{ what: call, live: shortArn(target), declared: "as in Git" }];
}

function settingTexts(before: string | null, after: string | null): readonly SettingDifference[] {
  const [live, declared] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...live.keys(), ...declared.keys()])].sort();
  return names.flatMap((name) => {
    const text = (value: unknown): string | null => (value === undefined ? null : roleSetting(name, value));
    return differing({
      what: ROLE_SETTINGS[name] ?? name,
      live: text(live.get(name)),
      declared: text(declared.get(name)),
    });
  });
}

const ROLE_SETTINGS: Readonly<Record<string, string>> = {
  description: "description",
  maxSessionSeconds: "session length",
};

function roleSetting(name: string, value: unknown): string {
  return name === "maxSessionSeconds" ? formatSpan(Number(value) * 1_000) : JSON.stringify(value);
}

interface RoleSettings {
  readonly description: string;
  readonly maxSessionSeconds: number;
}

/** Description and session length of a role, where they differ. */
export function roleSettings(live: RoleSettings, declared: RoleSettings): readonly SettingDifference[] {
  return settingTexts(settingsText(live), settingsText(declared));
}

function tagTexts(before: string | null, after: string | null): readonly SettingDifference[] {
  const [live, declared] = [membersOf(before), membersOf(after)];
  const keys = [...new Set([...live.keys(), ...declared.keys()])].sort();
  return keys.flatMap((key) => tagSetting(key, stringOf(live.get(key)), stringOf(declared.get(key))));
}

/** A tag whose values differ; null: the role has no such tag, or Git declares none. */
export function tagSetting(
  key: string,
  live: string | null,
  declared: string | null,
): readonly SettingDifference[] {
  const quoted = (value: string | null): string | null => (value === null ? null : JSON.stringify(value));
  return differing({ what: `tag ${JSON.stringify(key)}`, live: quoted(live), declared: quoted(declared) });
}

function differing(setting: SettingDifference): readonly SettingDifference[] {
  return setting.live === setting.declared ? [] : [setting];
}

/** `before` and `after` of tags and settings are JSON objects of our own making. */
function membersOf(text: string | null): ReadonlyMap<string, unknown> {
  const value: unknown = text === null ? {} : JSON.parse(text);
  return new Map(isObject(value) ? Object.entries(value) : []);
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function textOf(value: unknown): string {
  return stringOf(value) ?? "";
}

function nameOrNone(arn: string | null): string | null {
  return arn === null ? null : `"${policyName(arn)}"`;
}

function arnOrNone(arn: string | null): string | null {
  return arn === null ? null : shortArn(arn);
}

type ChangeKind = DriftChange["kind"];
type DriftSetting<K> = (
  change: Extract<DriftChange, { readonly kind: K }>,
  drift: Drift,
) => SettingDifference;

/** Differences that no permission row describes and that no single action can end. */
const OTHER_DRIFTS: { readonly [K in ChangeKind]?: DriftSetting<K> } = {
  "role-path": (_, { live, desired }) => ({ what: "role path", live, declared: desired }),
  "role-recreated": () => ({
    what: "role",
    live: "deleted and created again",
    declared: "the role that Grantkeeper knows",
  }),
  "function-role": (_, { live, desired }) => ({
    what: "function's role",
    live: arnOrNone(live),
    declared: arnOrNone(desired),
  }),
  "role-not-published": ({ versions }) => ({
    what: `${versions.length === 1 ? "version" : "versions"} ${versions.join(", ")}`,
    live: "on another role, behind an alias",
    declared: "the declared role",
  }),
  "upstream-changed": ({ arn, versionId }, { desired }) => ({
    what: `policy "${policyName(arn)}"`,
    live: `changed by AWS, now ${versionId}`,
    declared: desired,
  }),
  "actions-grown": ({ pattern, actions }) => ({
    what: `actions "${pattern}"`,
    live: `also ${someOf(actions)}, added by AWS`,
    declared: "without them when approved",
  }),
  "policy-description": (_, { live, desired }) => ({
    what: "description",
    live: JSON.stringify(live ?? ""),
    declared: JSON.stringify(desired ?? ""),
  }),
};

export function driftSettings(drift: Drift): readonly SettingDifference[] {
  const toSetting = OTHER_DRIFTS[drift.change.kind] as DriftSetting<ChangeKind> | undefined;
  return toSetting === undefined ? [] : [toSetting(drift.change, drift)];
}
