/** The adoption of an imported estate while calls fail, the process is killed, and other tools go on deploying. */
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ActuatorContext } from "../../../src/controller/ports/actuator.ts";
import type { Action } from "../../../src/model/plan.ts";
import { nameInArn } from "../../../src/model/aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";
import type { Desired, DesiredBinding } from "../../../src/model/desired.ts";
import type { AdoptionState } from "../../../src/model/keys/adoption.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import {
  liveFunction,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
} from "../../../src/model/live.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import { SeededRandom } from "../../../src/simulator/estate/random.ts";
import { awsError, type Mishap } from "../../support/fakes/fake-aws.ts";
import { survive, type RecordedPasses } from "../../support/fakes/recorded-passes.ts";
import { applyTo } from "../../support/pass/apply.ts";
import { must, REGION } from "./aws-world.ts";
import { estateAccess, type EstateAccess } from "./imported-access.ts";
import { BETWEEN_PASSES, DEEDS, UNDECLARED, WITHIN_PASSES, type Deed } from "./imported-deeds.ts";
import { passesInPlace } from "./imported-in-place.ts";
import { BETWEEN_MS, statesOf, withRevisions } from "./imported-life.ts";

const HOUR_MS = 3_600_000;
/** The time until a write has an effect everywhere. */
const PROPAGATION_MS = 60_000;
const ROUNDS = 5;
const CALM_ROUNDS = 3;

/** Other tools in the account, an operator who approves what the screens show as safe, and the rules for each call of Grantkeeper. */
export class Turmoil {
  readonly violations: string[] = [];
  readonly passes: RecordedPasses;
  readonly #desired: Desired;
  readonly #random: SeededRandom;
  readonly #access: EstateAccess;
  readonly #start: LiveAccount;
  readonly #all: readonly DesiredBinding[];
  /** The ids of the roles that Grantkeeper has begun to change in place. */
  readonly #replaced = new Set<string>();
  readonly #changedAtMs = new Map<string, number>();
  /** By ARN: the id of the role whose policies Grantkeeper has begun to replace in place. */
  readonly #changedIds = new Map<string, string>();
  /** The ids of roles that others have created again. */
  readonly #ofOthers = new Set<string>();
  #isCalm = false;
  #context: ActuatorContext | null = null;
  #deeds = 0;

  constructor(estate: Estate, desired: Desired, seed: number) {
    this.passes = passesInPlace(estate, desired);
    const { aws } = this.passes;
    aws.live = withRevisions(aws.live);
    this.#desired = desired;
    this.#random = new SeededRandom(seed);
    this.#start = aws.live;
    this.#all = [...desired.bindings.values()];
    aws.beforeWrite = (action, context) => {
      this.#checkWrite(action);
      this.#checkIntent(action, context);
      this.#context = context;
    };
    this.#access = estateAccess(aws, desired, {
      others: (action) => this.#meanwhile(action),
      kept: { isManaged: ({ key }) => this.#isManaged(key), asked: [UNDECLARED] },
    });
    aws.mishap = (action) => this.#mishap(action);
  }

  /** Passes in turmoil, then quiet ones. */
  async run(): Promise<void> {
    for (const waitMs of [0, 25 * HOUR_MS]) await this.#calmRound(waitMs);
    for (let round = 0; round < ROUNDS; round += 1) {
      this.#approve();
      this.#wait(BETWEEN_MS);
      for (let count = 0; count < this.#all.length / 5; count += 1)
        this.#do(this.#random.pick(BETWEEN_PASSES), this.#random.pick(this.#all));
      await survive(() => this.#pass());
    }
    this.#isCalm = true;
    for (const waitMs of [BETWEEN_MS, 25 * HOUR_MS]) await this.#calmRound(waitMs);
    for (let round = 0; round < CALM_ROUNDS; round += 1) await this.#calmRound(BETWEEN_MS);
    this.#access.end();
  }

  get losses(): readonly string[] {
    return this.#access.losses;
  }

  get deeds(): number {
    return this.#deeds;
  }

  /** How many functions run on a role of Grantkeeper, by the way of their adoption. */
  adopted(): { readonly switched: number; readonly inPlace: number } {
    const owned = this.#all.filter(
      (one) => this.#functionOf(one)?.roleArn === one.role.arn && this.#isOurs(one),
    );
    const inPlace = owned.filter(isInPlace).length;
    return { switched: owned.length - inPlace, inPlace };
  }

  async #calmRound(waitMs: number): Promise<void> {
    this.#approve();
    this.#wait(waitMs);
    await this.#pass();
  }

  /**
   * Operators believe what is shown: some approve a switch where the stage is `adopted`, the others where the switch shows
   * no lost permission.
   */
  #approve(): void {
    this.passes.approve((key, actions) => {
      const switches = actions.filter(({ call }) => call === "lambda:UpdateFunctionConfiguration");
      if (switches.length === 0) return true;
      if (this.#all.findIndex((one) => one.key === key) % 2 === 0) return this.#stageOf(key) === "adopted";
      return switches.every(({ delta }) => delta.noLongerAllowed.length + delta.unknownEffect.length === 0);
    });
  }

  async #pass(): Promise<void> {
    await this.passes.pass(statesOf(this.#desired), { desired: this.#desired });
    this.#all.forEach((one) => this.#checkStage(one));
  }

  #wait(ms: number): void {
    this.passes.clock.set(this.passes.clock.nowMs() + ms);
  }

  #meanwhile({ key }: Action): ReadonlySet<string> | null {
    const one = this.#desired.bindings.get(key);
    if (this.#isCalm || one === undefined || this.#random.below(40) !== 0) return null;
    this.#do(this.#random.pick(WITHIN_PASSES), one);
    return new Set([key]);
  }

  #mishap(action: Action): Mishap | null {
    const mishap = this.#drawnMishap(action);
    if (mishap === null || mishap.kind === "answer-lost" || mishap.kind === "dies-after") this.#note(action);
    return mishap;
  }

  #drawnMishap(action: Action): Mishap | null {
    const impossible = this.#refusal(action);
    if (impossible !== null || this.#isCalm) return impossible;
    const drawn = this.#random.below(900);
    if (drawn < 1) return { kind: "dies-before" };
    if (drawn < 2) return { kind: "dies-after" };
    if (drawn < 20) return { kind: "answer-lost" };
    if (drawn < 30) return { kind: "request-lost" };
    return drawn < 80 ? { kind: "fails", error: awsError("throttled") } : null;
  }

  /** As AWS answers: an object that is not there any more, or a function that has another revision. */
  #refusal(action: Action): Mishap | null {
    const found = this.#desired.bindings.get(action.key);
    const revisionId = found === undefined ? null : this.#functionOf(found)?.revisionId;
    if (action.call === "lambda:UpdateFunctionConfiguration" && revisionId !== this.#context?.revisionId)
      return { kind: "fails", error: awsError("replan") };
    try {
      applyTo(this.passes.aws.live, [action], 0);
      return null;
    } catch {
      return { kind: "fails", error: awsError("replan") };
    }
  }

  /** A write that takes effect now. */
  #note({ call, target, key }: Action): void {
    if (!call.startsWith("iam:") || call === "iam:TagRole") return;
    const role = this.#roleAt(target);
    this.#changedAtMs.set(target, this.passes.clock.nowMs());
    const one = this.#desired.bindings.get(key);
    if (one === undefined || !isInPlace(one) || role === undefined) return;
    this.#replaced.add(role.roleId);
    this.#changedIds.set(target, role.roleId);
  }

  /** A role is written with the ownership tags, or gets them with the call; a statement of others is never removed. */
  #checkWrite({ call, target, input, key }: Action): void {
    if (call === "lambda:RemovePermission") this.violations.push(`${call} ${target} of ${key}`);
    if (call === "lambda:UpdateFunctionConfiguration") this.#checkSwitch(key);
    if (!call.startsWith("iam:") || call.includes("Policy") !== call.includes("RolePolicy")) return;
    if (this.#isOfOthers(key, target))
      this.violations.push(`${call} ${target} of ${key}, which others have created again`);
    const tags = JSON.stringify(input["Tags"] ?? []);
    if (tags.includes(INSTANCE_TAG) && tags.includes(OWNER_TAG)) return;
    const role = this.#roleAt(target);
    const isTagged = role?.tags.some((tag) => tag.key === INSTANCE_TAG) === true;
    if (!isTagged) this.violations.push(`${call} ${target} of ${key}`);
  }

  /** Tags do not make it Grantkeeper's. In place, only tags were written before: then it is taken over as any other. */
  #isOfOthers(key: Key, target: string): boolean {
    const role = this.#roleAt(target);
    if (role === undefined || !this.#ofOthers.has(role.roleId)) return false;
    const changed = this.#changedIds.get(target) ?? role.roleId;
    return !isInPlace(must(this.#desired.bindings.get(key))) || changed !== role.roleId;
  }

  /** Each write of its role must have reached Lambda: AWS promises no order. */
  #checkSwitch(key: Key): void {
    const arn = must(this.#desired.bindings.get(key)).role.arn;
    const sinceMs = this.passes.clock.nowMs() - (this.#changedAtMs.get(arn) ?? 0);
    if (sinceMs < PROPAGATION_MS)
      this.violations.push(`the switch of ${key} came ${sinceMs} ms after a write of its role`);
  }

  /** The record explains the write before it is made. */
  #checkIntent({ call, target, input }: Action, { intent }: ActuatorContext): void {
    const entry = this.passes.audit.log.findLast(({ seq }) => seq === intent);
    const isOfWrite =
      entry?.kind === "write-intended" &&
      entry.call === call &&
      entry.target === target &&
      canonicalText(entry.input) === canonicalText(input);
    if (!isOfWrite) this.violations.push(`${call} ${target} without its intent ${intent}`);
  }

  /** If the stage shows the declared role as complete, it has everything that Git declares. */
  #checkStage(one: DesiredBinding): void {
    if (isInPlace(one) || this.#stageOf(one.key) !== "adopted") return;
    const role = this.#roleAt(one.role.arn);
    const { access } = this.#access;
    const missing = role === undefined ? ["role"] : access.missing(one.key, role, this.passes.aws.live);
    if (missing.length > 0)
      this.violations.push(`${one.key} is shown as adopted without ${missing[0] ?? ""}`);
  }

  #stageOf(key: Key): AdoptionState | undefined {
    return this.passes.store.records.get(key)?.status?.adoption?.state;
  }

  /** One deed of another tool; nothing if it is not possible now. */
  #do(deed: Deed, one: DesiredBinding): void {
    const { aws } = this.passes;
    const before = aws.live;
    const old = must(functionIn(this.#start, one));
    DEEDS[deed]({ one, old, live: before, set: (live) => (aws.live = live), at: this.passes.clock.nowMs() });
    if (aws.live === before) return;
    this.#deeds += 1;
    if (deed === "recreates-declared-role" || deed === "recreates-old-role") {
      const arn = deed === "recreates-old-role" ? old.roleArn : one.role.arn;
      this.#ofOthers.add(must(this.#roleAt(arn)).roleId);
    }
    const sharing = this.#all.filter((other) => {
      const roleArn = this.#functionOf(other)?.roleArn;
      return other === one || roleArn === old.roleArn || roleArn === one.role.arn;
    });
    this.#access.access.changedByOthers(aws.live, new Set(sharing.map(({ key }) => key)));
  }

  #isManaged(key: Key): boolean {
    const one = must(this.#desired.bindings.get(key));
    if (this.#functionOf(one)?.roleArn !== one.role.arn) return false;
    return !isInPlace(one) || this.#replaced.has(this.#roleAt(one.role.arn)?.roleId ?? "");
  }

  #functionOf(one: DesiredBinding): LiveFunction | undefined {
    return functionIn(this.passes.aws.live, one);
  }

  #roleAt(arn: string): LiveRole | undefined {
    const role = liveRole(this.passes.aws.live, nameInArn(arn));
    return role.kind === "present" ? role.value : undefined;
  }

  #isOurs({ role }: DesiredBinding): boolean {
    return this.#roleAt(role.arn)?.tags.some(({ key }) => key === INSTANCE_TAG) === true;
  }
}

function isInPlace({ role }: DesiredBinding): boolean {
  return role.adopt === "reviewed";
}

function functionIn(live: LiveAccount, { functionName }: DesiredBinding): LiveFunction | undefined {
  const found = liveFunction(live, REGION, functionName);
  return found.kind === "present" ? found.value : undefined;
}
