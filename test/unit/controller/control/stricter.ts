import type { Key } from "../../../../src/model/keys/key.ts";
import type { LiveRole, Reading } from "../../../../src/model/live.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { ACCOUNT, KEY, keyOf, Operator } from "./operator.ts";

export const statement = (action: string, more = "") =>
  `{reason: t, statement: {Effect: Allow, Action: "${action}", Resource: "*"}${more}}`;
/** RES-001 refuses it by default. */
export const OPEN = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}]\n`;
export const CHANGED = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}, ${statement("sns:Publish")}]\n`;
export const FILE = "platform/profile.yaml";
export const STRICT = { [FILE]: profileText("p", "{rules: {RES-001: block}}") };
export const LAX = { [FILE]: profileText("p", "{rules: {RES-001: off}}") };
export const B = keyOf("b");

export const ACCEPTED = "Unknown WaitingForFunction";
export const REFUSED = "False GuardrailRefused";

/** A controller with the functions `a` and `b` under a profile that becomes stricter. */
export class StricterVerdict {
  readonly fake = new FakeController();
  readonly operator = new Operator(this.fake);

  get aws(): FakeAws {
    return this.fake.cloud.account(ACCOUNT);
  }

  stop(): Promise<void> {
    return this.fake.stop();
  }

  async converged(files: Readonly<Record<string, string>>): Promise<void> {
    await this.fake.startConverged(files);
    await this.fake.clock.pass(2 * SWEEP_MS);
    this.aws.writes.splice(0);
  }

  /** Under a profile that accepts the permissions of both. */
  lax(): Promise<void> {
    return this.converged({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...LAX });
  }

  /** The same declarations under a stricter profile. */
  async madeStricter(): Promise<void> {
    await this.fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...STRICT });
    await this.fake.clock.pass(2 * SWEEP_MS);
  }

  async restarted(change: Parameters<FakeController["start"]>[0] = {}): Promise<void> {
    await this.fake.stop();
    await this.fake.start(change);
    await this.fake.clock.pass(2 * SWEEP_MS);
  }

  async holds() {
    return (await this.fake.control.overview()).holds;
  }

  ready(key: Key = KEY) {
    return this.fake.condition(key, "Ready");
  }

  async approve(): Promise<void> {
    for (const { subject } of await this.holds()) await this.operator.approve(subject);
    await settled();
  }

  /** Someone removes the permissions of every role in AWS; a sweep later. */
  async stripped(): Promise<readonly Key[]> {
    const strip = (role: Reading<LiveRole>): Reading<LiveRole> =>
      role.kind === "present" ? { ...role, value: { ...role.value, inline: [] } } : role;
    const { aws } = this;
    const roles = new Map([...aws.live.roles].map(([name, role]) => [name, strip(role)]));
    aws.live = { ...aws.live, roles };
    aws.writes.splice(0);
    await this.fake.clock.pass(2 * SWEEP_MS);
    return [...new Set(aws.writes.map(({ key }) => key))].sort();
  }
}
