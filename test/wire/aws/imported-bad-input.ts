/** Imported functions in which something becomes wrong while they are adopted, in memory and with a clock of its own. */
import type { DeclaredFunction } from "../../../src/adopt/coverage/coverage-inputs.ts";
import { known, type Estate, type EstateFunction } from "../../../src/adopt/estate/estate.ts";
import type { ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { failureHint } from "../../../src/explain/state/failure-hints.ts";
import { isSwitch, type Action } from "../../../src/model/plan.ts";
import type { Desired, DesiredBinding } from "../../../src/model/desired.ts";
import type { AdoptionState } from "../../../src/model/keys/adoption.ts";
import {
  liveFunction,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
} from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../support/adopt/estate.ts";
import { policyText } from "../../support/adopt/policies.ts";
import { coverage } from "../../support/adopt/coverage.ts";
import type { RecordedPasses } from "../../support/fakes/recorded-passes.ts";
import { withFunction, withRole } from "../../support/pass/apply.ts";
import { REGION } from "./aws-world.ts";
import { declaredInBothWays, passesInPlace } from "./imported-in-place.ts";
import { BETWEEN_MS, statesOf, withRevisions } from "./imported-life.ts";

const DAY_MS = 25 * 3_600_000;

export const READ: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::drop/*" };
export const APP = { name: "app", text: policyText([READ]) };
/** AWS has added an element to its language that this version does not know. */
export const NOT_PARSED = {
  name: "odd",
  text: policyText([{ ...READ, Effect: "Deny", Scope: "new" } as Statement]),
};

export const roleOf = (name: string, change: Partial<LiveRole> = {}): LiveRole =>
  estateRole(`${name}-role`, { inline: [APP], ...change });

export function estateOf(functions: readonly EstateFunction[], roles: readonly LiveRole[]): Estate {
  return estate({ functions, iam: known(estateIam(roles)) });
}

/** One function, with nothing wrong. */
export const GOOD = estateOf([estateFunction("api")], [roleOf("api")]);

export const WAYS = ["in place", "switched"] as const;
export type Way = (typeof WAYS)[number];

/** What a person sees of a function: on `describe`, in its conditions and in coverage. */
export interface Shown {
  readonly state: AdoptionState | undefined;
  /** The messages of its conditions, what its next stage lacks, and why a change is not made. */
  readonly reasons: readonly string[];
  /** What to do, as the screens name it. */
  readonly next: readonly string[];
  readonly coverage: string | null;
}

export class BadInput {
  readonly passes: RecordedPasses;
  readonly desired: Desired;

  constructor(estate: Estate, plan: ImportPlan, way: Way) {
    const functions = plan.functions.filter(({ outcome }) => outcome.kind === "written");
    this.desired = declaredInBothWays({ plan, functions }, way === "in place" ? functions : []);
    this.passes = passesInPlace(estate, this.desired);
    this.live = withRevisions(this.live);
  }

  get live(): LiveAccount {
    return this.passes.aws.live;
  }

  set live(live: LiveAccount) {
    this.passes.aws.live = live;
  }

  /** An operator approves what the screens show as safe: a switch in the stage `adopted`, and no removal of a restriction. */
  async pass(waitMs = BETWEEN_MS): Promise<void> {
    this.passes.approve((key, actions) => {
      const state = this.passes.store.records.get(key)?.status?.adoption?.state;
      return actions.every((action) =>
        isSwitch(action) ? state === "adopted" : !this.#isRestriction(action),
      );
    });
    await this.read(waitMs);
  }

  /** A pass before anyone looks at the screens again. */
  async read(waitMs = BETWEEN_MS): Promise<void> {
    this.passes.clock.set(this.passes.clock.nowMs() + waitMs);
    await this.passes.pass(statesOf(this.desired), { desired: this.desired });
  }

  #isRestriction({ key, target }: Action): boolean {
    const withheld = this.passes.plan(key)?.withheld ?? [];
    return withheld.some(({ kind, subject }) => kind === "restriction-added" && subject === target);
  }

  /** Its permissions are proven, and the next approved write is that to its role, or its switch. */
  async proven(): Promise<void> {
    for (const waitMs of [0, BETWEEN_MS, DAY_MS]) await this.pass(waitMs);
  }

  async passAll(): Promise<void> {
    for (let round = 0; round < 8; round += 1) await this.pass();
  }

  /** The calls that the work makes. */
  async callsOf(work: () => Promise<void>): Promise<readonly string[]> {
    const before = this.passes.aws.writes.length;
    await work();
    return this.passes.aws.writes.slice(before).map(({ call }) => call);
  }

  binding(functionName: string): DesiredBinding {
    const found = [...this.desired.bindings.values()].find((one) => one.functionName === functionName);
    if (found === undefined) throw new Error(`Git declares no function ${functionName}`);
    return found;
  }

  role(name: string): LiveRole {
    const found = liveRole(this.live, name);
    if (found.kind !== "present") throw new Error(`no role ${name}`);
    return found.value;
  }

  changeRole(name: string, change: Partial<LiveRole>): void {
    this.live = withRole(this.live, { ...this.role(name), ...change });
  }

  /** Someone deletes the role and creates one of that name, with the same policies. */
  recreateRole(name: string): void {
    const createdAtMs = this.passes.clock.nowMs();
    this.changeRole(name, { roleId: "AROACREATEDAGAIN", tags: [], createdAtMs });
  }

  /** The observer may read no role any more. */
  denyRoles(): void {
    const reading = { kind: "unknown", reason: "iam:GetRole: AccessDenied" } as const;
    this.live = { ...this.live, roles: new Map([...this.live.roles].map(([name]) => [name, reading])) };
  }

  changeFunction(functionName: string, change: Partial<LiveFunction>): void {
    const found = liveFunction(this.live, REGION, functionName);
    if (found.kind !== "present") throw new Error(`no function ${functionName}`);
    this.live = withFunction(this.live, REGION, { ...found.value, ...change });
  }

  deleteFunction(functionName: string): void {
    const at = this.live.regions.get(REGION);
    if (at?.kind !== "read") throw new Error("the region was not read");
    const functions = new Map([...at.functions].filter(([name]) => name !== functionName));
    this.live = { ...this.live, regions: new Map([[REGION, { ...at, functions }]]) };
  }

  shown(functionName: string): Shown {
    const { key } = this.binding(functionName);
    const status = this.passes.store.records.get(key)?.status;
    const { state, reason = null, needs = [] } = status?.adoption ?? {};
    const withheld = this.passes.plan(key)?.withheld ?? [];
    const { conditions = [] } = status ?? {};
    const messages = [...conditions, ...needs].map(({ message }) => message);
    return {
      state,
      reasons: [...messages, reason ?? "", ...withheld.map((one) => one.reason)].filter(
        (text) => text !== "",
      ),
      next: [
        ...needs.map(({ fix }) => fix),
        ...withheld.map(({ fix }) => fix),
        failureHint(conditions),
      ].filter((text) => text !== null),
      coverage: this.#coverageOf(functionName),
    };
  }

  #coverageOf(functionName: string): string | null {
    const binding = this.binding(functionName);
    const isApplied = this.passes.store.records.get(binding.key)?.applied !== null;
    const declared = new Map<string, DeclaredFunction>([
      [`${REGION}/${functionName}`, { kind: "bound", binding, mode: "enforce", isApplied }],
    ]);
    const { functions } = coverage({ live: this.live, declared });
    const found = functions.find(({ name }) => name === functionName);
    return found === undefined ? null : `${found.state}: ${found.reason ?? ""}`;
  }
}
