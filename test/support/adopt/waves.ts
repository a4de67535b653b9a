import type { Arn } from "../../../src/model/aws/arn.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { liveFunction, liveRole, type LiveRole } from "../../../src/model/live.ts";
import { wavesOf, type NamespaceWaves } from "../../../src/model/records/wave-record.ts";
import type { Files } from "../../../demo/manifests.ts";
import { FakeController, manifests, READ_ORDERS } from "../fakes/fake-controller.ts";
import { settled } from "../fakes/fake-clock.ts";
import { changeMessage } from "../aws/change-message.ts";
import type { FakeAws } from "../fakes/fake-aws.ts";
import { withFunction, withRole } from "../pass/apply.ts";
import { binding, REGION } from "../pass/bindings.ts";
import { liveFunctionOf } from "../pass/live-state.ts";

export const HOUR_MS = 3_600_000;
const ACCOUNT = "111122223333" as AccountId;
const NAMESPACE = "orders";
/** Rare sweeps and fetches, so that a day is short. */
const SETTINGS = { sweepMs: HOUR_MS, intervalMs: 3 * HOUR_MS } as const;
/** Much shorter than anything that a wave measures. */
const STRIDE_MS = 60_000;
const BINDER = `  functionRole: manage
  binder: {role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/binder", externalId: gk-test}
`;

export const waveKey = (name: string): Key => `function/${ACCOUNT}/eu-west-1/${NAMESPACE}/${name}` as Key;

/** Functions of one namespace, each on an old role of another tool that grants exactly what Git declares. */
export class WaveEstate {
  readonly fake = new FakeController();
  readonly names: readonly string[];
  #specs: Readonly<Record<string, string>>;

  constructor(count: number) {
    this.names = Array.from({ length: count }, (_, at) => `f${String(at).padStart(2, "0")}`);
    this.#specs = Object.fromEntries(this.names.map((name) => [name, managed("enforce")]));
  }

  get aws(): FakeAws {
    return this.fake.cloud.account(ACCOUNT);
  }

  /** Every declared role is complete, and every function is proven: the first wave awaits its approval. */
  async startProven(): Promise<void> {
    this.fake.source.push(this.#files());
    await this.fake.start(SETTINGS);
    await this.fake.converge();
    for (const name of this.names) this.#addOnOldRole(name);
    await this.hours(26);
  }

  async restart(): Promise<void> {
    await this.fake.stop();
    await this.fake.start(SETTINGS);
  }

  /** With a sweep in each. */
  async hours(count: number): Promise<void> {
    for (let hour = 0; hour < count; hour += 1) await this.fake.clock.pass(1.15 * HOUR_MS, STRIDE_MS);
  }

  /** Until the present wave has been watched for its interval. */
  day(): Promise<void> {
    return this.hours(23);
  }

  waves(): NamespaceWaves {
    return wavesOf(this.fake.store.accountRecords.get(ACCOUNT)?.waves ?? {}, NAMESPACE);
  }

  async hold(): Promise<Hold | undefined> {
    return (await this.fake.control.overview()).holds.find(({ code }) => code === "wave");
  }

  async memberHolds(): Promise<readonly Hold[]> {
    return (await this.fake.control.overview()).holds.filter(({ code }) => code === "wave-member");
  }

  async approve(subject: string | undefined, forMs = HOUR_MS): Promise<boolean> {
    const approval = { subject: subject ?? "none", reason: "test", forMs };
    const made = await this.fake.control.approve(approval, "dana");
    await settled();
    await this.fake.clock.pass(30_000);
    return made.kind === "ok";
  }

  async approveWave(forMs = HOUR_MS): Promise<boolean> {
    return this.approve((await this.hold())?.subject, forMs);
  }

  async push(change: Readonly<Record<string, string | null>>): Promise<void> {
    const specs = Object.entries({ ...this.#specs, ...change });
    this.#specs = Object.fromEntries(
      specs.flatMap(([name, spec]) => (spec === null ? [] : [[name, spec] as const])),
    );
    await this.fake.push(this.#files());
    await this.fake.clock.pass(30_000);
  }

  release(name: string): Promise<void> {
    return this.push({ [name]: managed("release") });
  }

  /** Another tool sets the role of the function. */
  setBack(name: string): void {
    const found = liveFunction(this.aws.live, REGION, name);
    if (found.kind !== "present") throw new Error(`there is no function ${name}`);
    this.aws.live = withFunction(this.aws.live, REGION, { ...found.value, roleArn: oldArn(name) });
  }

  deleteFunction(name: string): void {
    const region = this.aws.live.regions.get(REGION);
    if (region?.kind !== "read") throw new Error("the region was not read");
    const functions = new Map([...region.functions].filter(([found]) => found !== name));
    this.aws.live = { ...this.aws.live, regions: new Map([[REGION, { ...region, functions }]]) };
  }

  /** The old role gains a permission that the declared one does not have. */
  changeOldRole(name: string, text: string): void {
    this.aws.live = withRole(this.aws.live, { ...this.#role(`old-${name}`), inline: [{ name: "x", text }] });
  }

  /** Someone adds a policy to the declared role. */
  changeRole(name: string, text: string): void {
    const role = this.#role(`${name}-eu-west-1`);
    this.aws.live = withRole(this.aws.live, {
      ...role,
      inline: [...role.inline, { name: "hotfix", text }],
    });
  }

  /** AWS denies a call of the function on its declared role, and the event of it arrives. */
  async denied(name: string, operation: string): Promise<void> {
    const { arn } = this.#role(`${name}-eu-west-1`);
    const record = {
      eventID: `${name}-${operation}-${this.fake.clock.nowMs()}`,
      eventSource: "kms.amazonaws.com",
      eventName: operation,
      errorCode: "AccessDenied",
      eventTime: new Date(this.fake.clock.nowMs()).toISOString(),
      userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { type: "Role", arn } } },
    };
    const message = changeMessage({ envelope: { source: "aws.kms" }, record });
    await this.fake.changes.receive([message], new Set([ACCOUNT]));
  }

  /** The functions on their declared roles, in order. */
  switched(): readonly string[] {
    return this.names.filter((name) => {
      const found = liveFunction(this.aws.live, REGION, name);
      return found.kind === "present" && found.value.roleArn !== oldArn(name);
    });
  }

  switches(): readonly string[] {
    return this.aws.writes
      .filter(({ call }) => call === "lambda:UpdateFunctionConfiguration")
      .map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
  }

  stage(name: string): string | undefined {
    return this.fake.store.records.get(waveKey(name))?.status?.adoption?.state;
  }

  #role(name: string): LiveRole {
    const role = liveRole(this.aws.live, name);
    if (role.kind !== "present") throw new Error(`there is no role ${name}`);
    return role.value;
  }

  #files(): Files {
    const files = manifests(this.#specs);
    return { ...files, "platform/accounts.yaml": `${files["platform/accounts.yaml"] ?? ""}${BINDER}` };
  }

  #addOnOldRole(name: string): void {
    const declared = this.#role(`${name}-eu-west-1`);
    const old = { ...declared, name: `old-${name}`, path: "/", arn: oldArn(name), roleId: `AROAOLD${name}` };
    const state = binding({ name: declared.name }, { functionName: name, key: waveKey(name) });
    const arn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}` as Arn;
    const found = liveFunctionOf(state, { arn, roleArn: old.arn });
    this.aws.live = withFunction(withRole(this.aws.live, { ...old, tags: [] }), REGION, found);
  }
}

function managed(mode: string): string {
  return `  mode: ${mode}\n  functionRole: manage\n${READ_ORDERS}`;
}

function oldArn(name: string): Arn {
  return `arn:aws:iam::${ACCOUNT}:role/old-${name}` as Arn;
}
