import type { SuspensionScope } from "../../../src/model/approval.ts";
import { functionArn } from "../../../src/model/aws/arn.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { liveRole, type LiveRole } from "../../../src/model/live.ts";
import type { Files } from "../../../demo/manifests.ts";
import { withFunction, withRole } from "../pass/apply.ts";
import { binding, REGION } from "../pass/bindings.ts";
import { liveFunctionOf } from "../pass/live-state.ts";
import type { FakeAws } from "../fakes/fake-aws.ts";
import { settled } from "../fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../fakes/fake-controller.ts";
import { cli, type CliRun, type CliSetting } from "./cli.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "./http-server.ts";

export const ASKED_ACCOUNT = "111122223333" as AccountId;
const HOUR_MS = 3_600_000;

/** A controller whose first plans are applied, behind the real server, for questions about what functions may do. */
export class AskedController {
  readonly fake = new FakeController();
  readonly aws: FakeAws = this.fake.cloud.account(ASKED_ACCOUNT);
  server!: TestServer;

  /**
   * Function `orders/a@prod/eu-west-1` may read the table `orders`.
   *
   * @param service the repository of the namespace `orders`; null: it has none
   */
  static async start(
    files: Files = manifests({ a: READ_ORDERS }),
    service: Files | null = null,
  ): Promise<AskedController> {
    const asked = new AskedController();
    const { fake } = asked;
    fake.source.push(files);
    if (service !== null) fake.addSource("orders").push(service);
    await fake.start();
    for (const { subject } of (await fake.control.overview()).holds)
      await fake.control.approve({ subject, reason: "ok", forMs: HOUR_MS }, "dana");
    await settled();
    await fake.clock.pass(5_000);
    asked.addFunction("a", asked.role().arn);
    await asked.sweep();
    await asked.serve();
    return asked;
  }

  async serve(): Promise<void> {
    this.server = await startTestServer({ options: { control: this.fake.control, clock: this.fake.clock } });
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.fake.stop();
  }

  async sweep(): Promise<void> {
    await this.fake.clock.pass(SWEEP_MS + 1_000);
    await settled();
  }

  /** Makes this a newer revision, and goes back to the one in force for an hour. @returns when that ends */
  async rollBack(newer: Files, reason: string): Promise<string> {
    const { fake } = this;
    const { accepted } = (await fake.control.overview()).source;
    fake.source.push(newer);
    fake.control.fetchSoon("test", [null]);
    await settled();
    fake.source.relation = "older";
    const until = new Date(fake.clock.nowMs() + HOUR_MS).toISOString();
    const order = { namespace: null, revision: accepted ?? "", reason, until };
    const ordered = await fake.control.rollback(order, "dana");
    if (ordered.kind === "err") throw new Error(ordered.error.message);
    await settled();
    return until;
  }

  addFunction(
    name: string,
    roleArn: LiveRole["arn"],
    change: Partial<ReturnType<typeof liveFunctionOf>> = {},
  ): void {
    const arn = functionArn({ ...binding(), accountId: ASKED_ACCOUNT }, name, null);
    const found = { ...liveFunctionOf(binding()), name, arn, roleArn, ...change };
    this.aws.live = withFunction(this.aws.live, REGION, found);
  }

  removeFunction(name: string): void {
    const at = this.aws.live.regions.get(REGION);
    if (at?.kind !== "read") throw new Error("the region was not read");
    const functions = new Map([...at.functions].filter(([other]) => other !== name));
    const regions = new Map(this.aws.live.regions).set(REGION, { ...at, functions });
    this.aws.live = { ...this.aws.live, regions };
  }

  role(): LiveRole {
    const found = liveRole(this.aws.live, "a-eu-west-1");
    if (found.kind !== "present") throw new Error("the controller has not made the role");
    return found.value;
  }

  changeRole(change: Partial<LiveRole>): void {
    this.aws.live = withRole(this.aws.live, { ...this.role(), ...change });
  }

  /** The changes that a test makes in AWS stay. */
  async suspend(): Promise<void> {
    const until = new Date(this.fake.clock.nowMs() + HOUR_MS).toISOString();
    const scope = { accountId: null, namespace: "orders", key: null } as SuspensionScope;
    await this.fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
  }

  /** Runs a command that asks the controller. */
  run(argv: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
    return cli([...argv, "--server", this.server.url], {
      env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
      clock: this.fake.clock,
      ...setting,
    });
  }
}
