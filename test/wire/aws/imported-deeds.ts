/** What other tools and people do with a function and its roles while Grantkeeper adopts it. */
import { nameInArn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import {
  liveFunction,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
} from "../../../src/model/live.ts";
import { withFunction, withRole } from "../../support/pass/apply.ts";
import { REGION } from "./aws-world.ts";

export interface Scene {
  readonly one: DesiredBinding;
  /** The function as it was at first. */
  readonly old: LiveFunction;
  readonly live: LiveAccount;
  readonly set: (live: LiveAccount) => void;
  readonly at: number;
}

/** A permission that Git declares for no function. */
export const UNDECLARED = documentOf(
  "Allow",
  "sns:Publish",
  `arn:aws:sns:${REGION}:111122223333:deployed-later`,
);
const DENIAL = documentOf("Deny", "*", "*");
const WIDENING = "zz-widened";
const COPY = "zz-deploy";

export const DEEDS = {
  "deploys-code": (scene) => setFunction(scene, (found) => found),
  "sets-old-role": (scene) => setFunction(scene, (found) => ({ ...found, roleArn: scene.old.roleArn })),
  "sets-declared-role": (scene) => {
    const role = liveRole(scene.live, scene.one.role.name);
    // The deployer waits until the role is complete.
    if (role.kind !== "present" || role.value.inline.length === 0) return;
    setFunction(scene, (found) => ({ ...found, roleArn: scene.one.role.arn }));
  },
  "deletes-function": ({ one, live, set }) => {
    const region = live.regions.get(REGION);
    if (region?.kind !== "read") throw new Error("the region was not read");
    const functions = new Map(region.functions);
    if (functions.delete(one.functionName))
      set({ ...live, regions: new Map([[REGION, { ...region, functions }]]) });
  },
  "creates-function": ({ one, old, live, set, at }) => {
    if (liveFunction(live, REGION, one.functionName).kind === "present") return;
    set(withFunction(live, REGION, { ...old, revisionId: `created-${at}` }));
  },
  "adds-policy": (scene) =>
    setOldRole(scene, ({ inline }) => ({ inline: withInline(inline, COPY, inline[0]?.text ?? UNDECLARED) })),
  // Then the declared role does not grant the same any more.
  "widens-old-role": (scene) =>
    setOldRole(scene, ({ inline }) => ({ inline: withInline(inline, WIDENING, UNDECLARED) })),
  "narrows-old-role": (scene) =>
    setOldRole(scene, ({ inline }) => ({ inline: inline.filter(({ name }) => name !== WIDENING) })),
  "drops-policy": (scene) => setOldRole(scene, ({ inline }) => ({ inline: inline.slice(0, -1) })),
  "recreates-old-role": (scene) =>
    setOldRole(scene, ({ roleId }) => ({ roleId: `${roleId}X`, tags: [], createdAtMs: scene.at + 1 })),
  "recreates-declared-role": (scene) =>
    setUnusedRole(scene, ({ roleId }) => ({
      roleId: `${roleId}X`,
      createdAtMs: scene.at + 1,
      inline: [],
      tags: [],
    })),
  // It is still Grantkeeper's: a switch that does not wait until it is complete again would lose permissions.
  "empties-declared-role": (scene) => setUnusedRole(scene, () => ({ inline: [], attachments: [] })),
  // Only an approval removes the denial.
  "denies-on-declared-role": (scene) =>
    setUnusedRole(scene, ({ inline }) => ({ inline: withInline(inline, "aa-incident", DENIAL) })),
} as const satisfies Readonly<Record<string, (scene: Scene) => void>>;

export type Deed = keyof typeof DEEDS;

export const BETWEEN_PASSES: readonly Deed[] = [
  "deploys-code",
  "adds-policy",
  "widens-old-role",
  "narrows-old-role",
  "drops-policy",
  "sets-old-role",
  "sets-declared-role",
  "deletes-function",
  "creates-function",
  "creates-function",
  "recreates-old-role",
  "recreates-declared-role",
  "empties-declared-role",
  "empties-declared-role",
  "denies-on-declared-role",
  "denies-on-declared-role",
];
/** Between the read of a pass and one of its writes. IAM has no conditional writes, so the policies stay as they were read. */
export const WITHIN_PASSES: readonly Deed[] = [
  "deploys-code",
  "sets-old-role",
  "deletes-function",
  "creates-function",
];

function documentOf(effect: "Allow" | "Deny", action: string, resource: string): string {
  const statement = { Effect: effect, Action: action, Resource: resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

function withInline(inline: LiveRole["inline"], name: string, text: string): LiveRole["inline"] {
  return [...inline.filter((one) => one.name !== name), { name, text }];
}

function setFunction({ one, live, set }: Scene, change: (found: LiveFunction) => LiveFunction): void {
  const found = liveFunction(live, REGION, one.functionName);
  if (found.kind !== "present") return;
  const revisionId = `${found.value.revisionId ?? ""}+`;
  set(withFunction(live, REGION, { ...change(found.value), revisionId }));
}

type RoleChange = (role: LiveRole) => Partial<LiveRole>;

function setOldRole({ old, live, set }: Scene, change: RoleChange): void {
  const role = liveRole(live, nameInArn(old.roleArn));
  if (role.kind === "present") set(withRole(live, { ...role.value, ...change(role.value) }));
}

/** Of the declared role, while its function does not run on it. */
function setUnusedRole({ one, live, set }: Scene, change: RoleChange): void {
  const role = liveRole(live, one.role.name);
  const found = liveFunction(live, REGION, one.functionName);
  if (role.kind !== "present" || (found.kind === "present" && found.value.roleArn === one.role.arn)) return;
  set(withRole(live, { ...role.value, ...change(role.value) }));
}
