import { compiledText } from "../../../src/diff/documents/compiled-texts.ts";
import { trustText } from "../../../src/iam/trust.ts";
import type { Action } from "../../../src/model/plan.ts";
import { nameInArn, roleArn } from "../../../src/model/aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { isBindingKey, type Key } from "../../../src/model/keys/key.ts";
import { liveFunction, liveRole, type LiveAccount, type LiveRole } from "../../../src/model/live.ts";
import type { Condition } from "../../../src/model/status.ts";
import { RecordedPasses } from "../../support/fakes/recorded-passes.ts";
import { withFunction, withRole } from "../../support/pass/apply.ts";
import {
  allow,
  binding,
  compiled,
  desiredAccount,
  documentOf,
  INSTANCE,
  ORDERS_READ,
  REGION,
} from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { allows } from "../../support/policies/evaluator.ts";

/** What happens between two passes. `at` counts the functions from 0, around the end. */
export type Deed =
  | { readonly kind: "approve" }
  | { readonly kind: "wait" }
  | {
      readonly kind: "deploy-old" | "deploy-new" | "delete-function" | "recreate-role" | "release";
      readonly at: number;
    };

const UPLOADS = "arn:aws:s3:::uploads/*";
const REQUESTS = [
  { action: "dynamodb:GetItem", resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" },
  { action: "s3:GetObject", resource: "arn:aws:s3:::uploads/x" },
];
const OLD_TEXT = documentOf(ORDERS_READ, allow("s3:GetObject", UPLOADS));
const WAIT_MS = 61_000;
const EXAMPLE = binding();
const AT = { partition: EXAMPLE.partition, accountId: EXAMPLE.accountId };
const ACCOUNT = desiredAccount({
  functionRole: "manage",
  binder: { roleArn: roleArn(AT, "/grantkeeper-system/", "binder"), externalId: "x" },
});

interface Adopted {
  readonly binding: DesiredBinding;
  readonly old: LiveRole;
}

/** The declared role of every second function lacks a permission that its old role has. */
function adopted(at: number): Adopted {
  const name = `f${at}`;
  const inline = at % 2 === 0 ? compiled(ORDERS_READ, allow("s3:GetObject", UPLOADS)) : compiled(ORDERS_READ);
  const tags = [
    { key: INSTANCE_TAG, value: INSTANCE },
    { key: OWNER_TAG, value: `orders/${name}` },
  ];
  const state = binding(
    { name: `${name}-role`, inline, tags },
    {
      key: `function/111122223333/eu-west-1/orders/${name}` as Key,
      name: name as DesiredBinding["name"],
      functionName: name,
      functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}` as DesiredBinding["functionArn"],
      functionRole: "manage",
    },
  );
  const old = liveRoleOf(state, {
    name: `${name}-old`,
    path: "/",
    arn: roleArn(AT, "/", `${name}-old`),
    roleId: `AROAOLD${at}`,
    boundary: null,
    inline: [{ name: "app", text: OLD_TEXT }],
    tags: [],
  });
  return { binding: state, old };
}

/** Functions on roles of another tool come under management, and a law is checked at every moment. */
export class Adoption {
  readonly passes: RecordedPasses;
  readonly violations: string[] = [];
  readonly #functions: readonly Adopted[];
  #states: readonly DesiredBinding[];

  constructor(count: number) {
    this.#functions = Array.from({ length: count }, (_, at) => adopted(at));
    this.#states = this.#functions.map(({ binding: state }) => state);
    this.passes = new RecordedPasses(this.#functions.reduce(withOld, emptyAccount()), ACCOUNT);
    const byKey = new Map(this.#functions.map((one) => [one.binding.key, one]));
    this.passes.aws.beforeWrite = (action) => {
      this.#checkWrite(action);
      const one = byKey.get(action.key);
      if (one !== undefined) this.#check(one, `before ${action.call}`);
    };
  }

  async pass(): Promise<void> {
    try {
      await this.passes.pass(this.#states);
    } finally {
      for (const one of this.#functions) this.#check(one, "after a pass");
      this.passes.clock.set(this.passes.clock.nowMs() + 1_000);
    }
  }

  do(deed: Deed): void {
    if (deed.kind === "approve") this.passes.approve();
    else if (deed.kind === "wait") this.passes.clock.set(this.passes.clock.nowMs() + WAIT_MS);
    else {
      const one = this.#functions[deed.at % this.#functions.length];
      if (one === undefined) throw new Error("there is no such function");
      DEEDS[deed.kind](one, this);
    }
  }

  releaseAll(): void {
    this.#states = this.#states.map((state) => ({ ...state, released: true }));
  }

  /** By the manifest of one function; everything else stays as declared. */
  release(of: DesiredBinding): void {
    this.#states = this.#states.map((state) => (state.key === of.key ? { ...state, released: true } : state));
  }

  /** Another tool sets the role; it knows that a role below our path is complete only if its policy is there. */
  deploy({ binding: state, old }: Adopted, to: "old" | "declared"): void {
    const role = liveRole(this.#live, state.role.name);
    const isComplete = role.kind === "present" && isAsDeclared(role.value, state);
    if (to === "declared" && !isComplete) return;
    const found = liveFunction(this.#live, REGION, state.functionName);
    if (found.kind !== "present") return;
    const roleArnNow = to === "old" ? old.arn : state.role.arn;
    this.#live = withFunction(this.#live, REGION, { ...found.value, roleArn: roleArnNow });
  }

  deleteFunction({ binding: state }: Adopted): void {
    const region = this.#live.regions.get(REGION);
    if (region?.kind !== "read") throw new Error("the region was not read");
    const functions = new Map([...region.functions].filter(([name]) => name !== state.functionName));
    this.#live = { ...this.#live, regions: new Map([[REGION, { ...region, functions }]]) };
  }

  /** Someone else deletes the declared role and creates one of that name, while no function uses it. */
  recreateRole({ binding: state }: Adopted): void {
    const role = liveRole(this.#live, state.role.name);
    if (role.kind !== "present" || this.#roleOf(state) === state.role.arn) return;
    const roleId = `${role.value.roleId}X`;
    const createdAtMs = this.passes.clock.nowMs() + WAIT_MS;
    this.#live = withRole(this.#live, { ...role.value, roleId, createdAtMs, inline: [], tags: [] });
  }

  runsOn(at: number): "declared" | "old" | "none" {
    const one = this.#functions[at];
    const arn = one === undefined ? null : this.#roleOf(one.binding);
    if (arn === null) return "none";
    return arn === one?.binding.role.arn ? "declared" : "old";
  }

  onDeclaredRole(): number {
    return this.#functions.filter((_, at) => this.runsOn(at) === "declared").length;
  }

  ownedRoles(): number {
    return [...this.#live.roles.values()].filter((role) => role.kind === "present" && isTagged(role.value))
      .length;
  }

  /** Bindings that were applied once. */
  applied(): number {
    return [...this.passes.store.records.values()].filter(
      ({ key, applied }) => isBindingKey(key) && applied !== null,
    ).length;
  }

  ready(): Condition | undefined {
    return this.#condition("Ready");
  }

  drifted(): Condition | undefined {
    return this.#condition("Drifted");
  }

  /** Writes that the audit does not explain. */
  unexplained(): Promise<readonly string[]> {
    return this.passes.unexplained();
  }

  #condition(type: Condition["type"]): Condition | undefined {
    const [first] = this.#functions;
    const record = first === undefined ? undefined : this.passes.store.records.get(first.binding.key);
    return record?.status?.conditions.find((one) => one.type === type);
  }

  get #live(): LiveAccount {
    return this.passes.aws.live;
  }

  set #live(live: LiveAccount) {
    this.passes.aws.live = live;
  }

  #roleOf(state: DesiredBinding): string | null {
    const found = liveFunction(this.#live, REGION, state.functionName);
    return found.kind === "present" ? found.value.roleArn : null;
  }

  /** The role of a write has our tags, or gets them with the same call. */
  #checkWrite({ call, target, input, key }: Action): void {
    if (!call.startsWith("iam:") || (call === "iam:CreateRole" && JSON.stringify(input).includes(OWNER_TAG)))
      return;
    const role = liveRole(this.#live, nameInArn(target));
    if (role.kind !== "present" || !isTagged(role.value)) this.violations.push(`${call} ${target} of ${key}`);
  }

  #check({ binding: state, old }: Adopted, when: string): void {
    const kept = liveRole(this.#live, old.name);
    if (kept.kind !== "present" || JSON.stringify(kept.value) !== JSON.stringify(old))
      this.violations.push(`${when}: ${old.name} was changed`);
    const arn = this.#roleOf(state);
    if (arn === null) return;
    const role = liveRole(this.#live, nameInArn(arn));
    const documents = role.kind === "present" ? role.value.inline.map(({ text }) => text) : [];
    const [now, before, declared] = [documents, [OLD_TEXT], [compiledText(state.role.inline) ?? ""]].map(
      (texts) => ({ documents: texts, boundary: null }),
    );
    if (now === undefined || before === undefined || declared === undefined) throw new Error("no documents");
    for (const request of REQUESTS)
      if (allows(before, request) && allows(declared, request) && !allows(now, request))
        this.violations.push(`${when}: ${state.functionName} lost ${request.action}`);
  }
}

const DEEDS = {
  "deploy-old": (one, adoption) => adoption.deploy(one, "old"),
  "deploy-new": (one, adoption) => adoption.deploy(one, "declared"),
  "delete-function": (one, adoption) => adoption.deleteFunction(one),
  "recreate-role": (one, adoption) => adoption.recreateRole(one),
  release: (one, adoption) => adoption.release(one.binding),
} as const satisfies Readonly<
  Record<Exclude<Deed["kind"], "approve" | "wait">, (one: Adopted, adoption: Adoption) => void>
>;

function withOld(live: LiveAccount, { binding: state, old }: Adopted): LiveAccount {
  return withFunction(withRole(live, old), REGION, liveFunctionOf(state, { roleArn: old.arn }));
}

function isAsDeclared(role: LiveRole, state: DesiredBinding): boolean {
  const text = compiledText(state.role.inline);
  return role.trust === trustText(state.role) && role.inline.some((policy) => policy.text === text);
}

function isTagged({ tags }: LiveRole): boolean {
  return tags.some(({ key, value }) => key === INSTANCE_TAG && value === INSTANCE);
}
