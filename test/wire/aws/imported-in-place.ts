/** Imported functions that keep their roles, in memory and with a clock of its own. */
import { estateAccess } from "./imported-access.ts";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import { roleOfFunction } from "../../../src/adopt/estate/role-users.ts";
import type { ImportedFunction, ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { isTagOfTerraform } from "../../../src/model/aws/deployer-tags.ts";
import { nameInArn, type Arn } from "../../../src/model/aws/arn.ts";
import type { Desired, DesiredBinding } from "../../../src/model/desired.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { liveRole, type LiveAccount, type LiveRole } from "../../../src/model/live.ts";
import { importPlan } from "../../support/adopt/import.ts";
import type { RecordedPasses } from "../../support/fakes/recorded-passes.ts";
import { allKeys } from "../../support/record/all-keys.ts";
import { withRole } from "../../support/pass/apply.ts";
import { ACCOUNT } from "./aws-world.ts";
import { BETWEEN_MS, passesOver, permissivePlatform, statesOf } from "./imported-life.ts";

/** As many roles as an account can list in `adoptableRoles`. */
const MOST = 60;
const HOUR_MS = 3_600_000;
const PARTNER = `"777788889999"`;

/** Terraform has given up these roles, and no tag shows it any more. The tags of a stack can't be removed. */
export function withoutTerraform(estate: Estate): Estate {
  const { iam } = estate;
  if (iam.kind !== "known") throw new Error("IAM was not read");
  const roles = new Map(iam.value.roles);
  for (const [name, role] of iam.value.roles) {
    if (role.kind !== "present") continue;
    const tags = role.value.tags.filter((tag) => !isTagOfTerraform(tag));
    roles.set(name, { ...role, value: { ...role.value, tags } });
  }
  return { ...estate, iam: { ...iam, value: { ...iam.value, roles } } };
}

/** Each role once, in groups that one account can list. */
export function groupsOf(functions: readonly ImportedFunction[]): readonly (readonly ImportedFunction[])[] {
  const byRole = Map.groupBy(functions, ({ found }) => found.roleArn);
  const each = [...byRole.values()].flatMap((one) => one.slice(0, 1));
  return Array.from({ length: Math.ceil(each.length / MOST) }, (_, at) =>
    each.slice(at * MOST, (at + 1) * MOST),
  );
}

export interface InPlaceGroup {
  readonly estate: Estate;
  readonly plan: ImportPlan;
  readonly functions: readonly ImportedFunction[];
}

/** The files of Git if each of these functions takes over the role that it has. */
export function filesInPlace(
  { plan, functions }: Pick<InPlaceGroup, "plan" | "functions">,
  mode: "enforce" | "observe" | "release",
): Readonly<Record<string, string>> {
  const files = plan.files.flatMap(
    ({ path, text, functions: of }): readonly (readonly [string, string])[] => {
      const one = functions.find(({ found }) => of.includes(found));
      return one === undefined ? [] : [[path, inPlaceText(text, one, mode)]];
    },
  );
  const roles = functions.map(({ found }) => `"${found.roleArn}"`).join(", ");
  const platform = permissivePlatform(`  adoptableRoles: [${roles}]\n  callerAccounts: [${PARTNER}]\n`);
  return { ...platform, ...Object.fromEntries(files) };
}

function declaredInPlace(group: InPlaceGroup, mode: "enforce" | "observe"): Desired {
  return importPlan([], { files: filesInPlace(group, mode) }).compilation.desired;
}

const BINDER = `  functionRole: manage
  binder: {role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/binder", externalId: gk-test}
`;

/** The files of Git if `inPlace` take over their roles, and all others of these functions switch. */
export function filesInBothWays(
  { plan, functions }: Pick<InPlaceGroup, "plan" | "functions">,
  inPlace: readonly ImportedFunction[],
): Readonly<Record<string, string>> {
  const files = plan.files.flatMap(
    ({ path, text, functions: of }): readonly (readonly [string, string])[] => {
      if (!functions.some(({ found }) => of.includes(found))) return [];
      const one = inPlace.find(({ found }) => of.includes(found));
      if (one !== undefined) return [[path, inPlaceText(text, one, "enforce")]];
      return [[path, text.replace("\n  mode: observe\n", "\n  mode: enforce\n  functionRole: manage\n")]];
    },
  );
  const roles = inPlace.map(({ found }) => `"${found.roleArn}"`).join(", ");
  const more = `${BINDER}  adoptableRoles: [${roles}]\n  callerAccounts: ["777788889999"]\n`;
  return { ...permissivePlatform(more), ...Object.fromEntries(files) };
}

export function declaredInBothWays(
  group: Pick<InPlaceGroup, "plan" | "functions">,
  inPlace: readonly ImportedFunction[],
): Desired {
  return importPlan([], { files: filesInBothWays(group, inPlace) }).compilation.desired;
}

function inPlaceText(text: string, { estate, found }: ImportedFunction, mode: string): string {
  const role = roleOfFunction(estate, found);
  if (role.kind !== "present") throw new Error(`the role of ${found.name} was not read`);
  const { name, path } = role.value;
  const inPlace = `  role: { name: ${name}, path: ${path}, adopt: reviewed }`;
  return text.replace("\n  mode: observe\n", `\n  mode: ${mode}\n${inPlace}\n`);
}

/** How the take-over of one function went. */
export interface InPlaceLife {
  readonly functionName: string;
  /** After passes in which everything was approved. */
  readonly end: Pick<KeyRecord, "status">;
  readonly withheld: readonly string[];
  /** The stages in which its role was written, each with its calls. */
  readonly calls: Readonly<Record<"early" | "claimed" | "replaced" | "silent" | "undone", readonly string[]>>;
  /** Whether the undo gave the role its bytes again, tags included. */
  readonly isRestored: boolean;
}

export interface InPlaceLives {
  readonly lives: readonly InPlaceLife[];
  /** Permissions that a function lost at a write, by the second evaluator. */
  readonly losses: readonly string[];
  readonly asked: number;
  readonly unexplained: readonly string[];
}

export async function livesInPlace(group: InPlaceGroup): Promise<InPlaceLives> {
  const desired = declaredInPlace(group, "enforce");
  const passes = passesInPlace(group.estate, desired);
  const before = passes.aws.live;
  const access = estateAccess(passes.aws, desired);
  const marks: number[] = [];
  const mark = (): void => void marks.push(passes.aws.writes.length);
  const approved = async (waitMs: number): Promise<void> => {
    passes.approve();
    passes.clock.set(passes.clock.nowMs() + waitMs);
    await passes.pass(statesOf(desired), { desired });
  };
  await passes.pass(statesOf(desired), { desired });
  await approved(23 * HOUR_MS);
  mark();
  await approved(HOUR_MS + 1);
  for (let round = 0; round < 2; round += 1) await approved(BETWEEN_MS);
  mark();
  for (let round = 0; round < 4; round += 1) await approved(BETWEEN_MS);
  mark();
  for (let round = 0; round < 3; round += 1) await approved(BETWEEN_MS);
  mark();
  const ends = new Map((await allKeys(passes.store)).map((record) => [record.key, record]));
  const withheld = new Map([...ends.keys()].map((key) => [key, passes.plan(key)?.withheld ?? []]));
  await undone(passes, declaredInPlace(group, "observe"), before);
  mark();
  access.end();
  const stages = ["early", "claimed", "replaced", "silent", "undone"] as const;
  const lives = [...desired.bindings.values()].map(({ key, functionName, role }): InPlaceLife => {
    const callsOf = (at: number): readonly string[] =>
      passes.aws.writes
        .slice(marks[at - 1] ?? 0, marks[at])
        .flatMap((action) => (action.key === key ? [action.call] : []));
    return {
      functionName,
      end: { status: ends.get(key)?.status ?? null },
      withheld: (withheld.get(key) ?? []).map(({ reason }) => reason),
      calls: Object.fromEntries(stages.map((stage, at) => [stage, callsOf(at)])) as InPlaceLife["calls"],
      isRestored: roleText(before, role) === roleText(passes.aws.live, role),
    };
  });
  return { lives, losses: access.losses, asked: access.asked, unexplained: await passes.unexplained() };
}

/** The undo of each, with what only an operator may do: attach the policies that an account can't list, and remove the boundary. */
async function undone(passes: RecordedPasses, desired: Desired, before: LiveAccount): Promise<void> {
  const states = statesOf(desired);
  const wait = (): void => passes.clock.set(passes.clock.nowMs() + BETWEEN_MS);
  wait();
  await passes.pass(states, { desired });
  for (const [key, finding] of await passes.undoFindings(states, { desired })) {
    const role = desired.bindings.get(key)?.role;
    if (finding.kind !== "refused" || role === undefined) continue;
    if (finding.obstacles.some(({ kind }) => kind === "attachment")) attachByHand(passes, role, before);
  }
  await passes.pass(states, { desired });
  passes.orderUndo(await passes.undoFindings(states, { desired }));
  for (let round = 0; round < 4; round += 1) {
    await passes.pass(states, { desired });
    wait();
  }
  for (const { role } of desired.bindings.values()) removeBoundaryByHand(passes, role, before);
  for (let round = 0; round < 2; round += 1) {
    await passes.pass(states, { desired });
    wait();
  }
}

type DeclaredRole = DesiredBinding["role"];

function changeByHand(
  { aws }: RecordedPasses,
  { arn }: DeclaredRole,
  change: (role: LiveRole) => LiveRole,
): void {
  const role = liveRole(aws.live, nameInArn(arn));
  if (role.kind === "present") aws.live = withRole(aws.live, change(role.value));
}

function formerRole(before: LiveAccount, { arn }: DeclaredRole): LiveRole {
  const former = liveRole(before, nameInArn(arn));
  if (former.kind !== "present") throw new Error(`no role ${arn}`);
  return former.value;
}

function attachByHand(passes: RecordedPasses, declared: DeclaredRole, before: LiveAccount): void {
  const former: readonly Arn[] = formerRole(before, declared).attachments;
  changeByHand(passes, declared, (role) => {
    const attachments = [...new Set([...role.attachments, ...former])].sort();
    return { ...role, attachments };
  });
}

function removeBoundaryByHand(passes: RecordedPasses, declared: DeclaredRole, before: LiveAccount): void {
  const { boundary } = formerRole(before, declared);
  changeByHand(passes, declared, (role) => (boundary === null ? { ...role, boundary } : role));
}

/** Passes over the estate; CloudFormation answers which stack owns a role. */
export function passesInPlace(estate: Estate, desired: Desired): RecordedPasses {
  const passes = passesOver(estate, desired);
  const { live } = passes.aws;
  const asked = estate.roleStacks.kind === "known" ? estate.roleStacks.value : new Map();
  const roleStacks = new Map(
    [...live.roles].map(([lowerName, role]) => {
      const name = role.kind === "present" ? role.value.name : lowerName;
      return [lowerName, asked.get(name)?.stack ?? ({ kind: "absent" } as const)];
    }),
  );
  passes.aws.live = { ...live, roleStacks };
  return passes;
}

function roleText(live: LiveAccount, { arn }: DeclaredRole): string {
  return JSON.stringify(liveRole(live, nameInArn(arn)));
}
