import {
  type DesiredTarget,
  type DesiredAccount,
  type DesiredPolicy,
  isBinding,
} from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { type Key, keyParts, ownerText, placeText, targetText } from "../../model/keys/key.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { Json } from "../../model/values/json.ts";
import type { Project } from "../project/project.ts";

/** A change that is not a permission. */
export interface OtherChange {
  readonly kind: "settings" | "left git";
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** `orders/orders-api`, and where it is: `prod/eu-west-1`. */
  readonly owner: string;
  readonly place: string;
  /** `tags, dependsOn + refunds`; for a key that is no longer declared, what happens to it in AWS. */
  readonly what: string;
}

interface Revisions {
  readonly base: Project;
  readonly head: Project;
  /** Keys that cannot be compiled in the head. */
  readonly broken: ReadonlyMap<Key, string>;
}

/** Changed settings of keys in both revisions, and keys that are no longer declared and stay in AWS. */
export function otherChanges(
  before: DesiredTarget | null,
  after: DesiredTarget | null,
  { base, head, broken }: Revisions,
): readonly OtherChange[] {
  const any = after ?? before;
  // Of what was not compiled again, nothing has changed.
  if (any === null || before === null || before === after) return [];
  const [then, now] = [base, head].map((project) => project.compilation.desired.accounts.get(any.accountId));
  const account = "account" in any ? any.account : (now?.name ?? any.accountId);
  const object = { key: any.key, account };
  const names = { target: targetText(object), owner: ownerText(any.key), place: placeText(object) };
  if (after !== null) {
    const what = changedSettings(before, after, modesOf(then, now)).join(", ");
    return what === "" ? [] : [{ kind: "settings", ...names, what }];
  }
  if (broken.has(before.key) || before.deletionPolicy === "delete") return [];
  return [
    {
      kind: "left git",
      ...names,
      what: `${isBinding(before) ? "" : "no function uses it there; "}deletionPolicy retain: what is in AWS remains, and is listed as an orphan`,
    },
  ];
}

/** The change of an account's mode is one warning: its functions do not repeat it. */
interface AccountModes {
  readonly before: Mode | null;
  readonly after: Mode | null;
}

function modesOf(before: DesiredAccount | undefined, after: DesiredAccount | undefined): AccountModes {
  return { before: before?.mode ?? null, after: after?.mode ?? null };
}

function followsAccount(before: DesiredTarget, after: DesiredTarget, modes: AccountModes): boolean {
  if (!isBinding(before) || !isBinding(after) || modes.before === modes.after) return false;
  return before.mode === modes.before && after.mode === modes.after;
}

function changedSettings(
  before: DesiredTarget,
  after: DesiredTarget,
  modes: AccountModes,
): readonly string[] {
  const [then, all] = [settingsOf(before), settingsOf(after)];
  const { mode, ...others } = all;
  const now = followsAccount(before, after, modes) || mode === undefined ? others : all;
  const differs = (field: string): boolean =>
    canonicalText(then[field] ?? null) !== canonicalText(now[field] ?? null);
  return Object.keys(now)
    .filter(differs)
    .map((field) => (field === "dependsOn" ? `dependsOn ${changedNames(before, after)}`.trimEnd() : field));
}

/** `+ refunds, - capture`. */
function changedNames(before: DesiredTarget, after: DesiredTarget): string {
  const [then, now] = [before, after].map(dependencyNames) as [readonly string[], readonly string[]];
  const added = now.filter((name) => !then.includes(name)).map((name) => `+ ${name}`);
  const removed = then.filter((name) => !now.includes(name)).map((name) => `- ${name}`);
  return [...added, ...removed].join(", ");
}

function dependencyNames(state: DesiredTarget): readonly string[] {
  return isBinding(state) ? (state.dependsOn ?? []).map((key) => keyParts(key).name) : [];
}

function settingsOf(state: DesiredTarget): Readonly<Record<string, Json>> {
  if (!isBinding(state)) {
    const { description, deletionPolicy } = state;
    const labels = { ...state.labels };
    return { arn: state.arn, tags: tagPairs(state), description, deletionPolicy, labels };
  }
  const { role, mode, functionName, functionRole, undeclaredCallers, deletionPolicy } = state;
  return {
    role: role.arn,
    boundary: role.boundary?.arn ?? null,
    attachments: role.attachments.map(({ arn }) => arn),
    tags: tagPairs(role),
    description: role.description,
    maxSessionDuration: role.maxSessionSeconds,
    function: functionName,
    mode: state.released === true ? "release" : mode,
    functionRole,
    dependsOn: dependencyNames(state),
    undeclaredCallers,
    deletionPolicy,
    // They decide which profiles apply.
    labels: { ...state.labels },
  };
}

function tagPairs({ tags }: Pick<DesiredPolicy, "tags">): Json {
  return tags.map(({ key, value }) => [key, value]);
}
