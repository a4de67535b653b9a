import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { type MemorySource } from "../../../support/fakes/memory-source.ts";

const ACCOUNT = "111122223333" as AccountId;
export const keyOf = (namespace: string, name: string): Key =>
  `function/${ACCOUNT}/eu-west-1/${namespace}/${name}` as Key;
export const API = keyOf("orders", "api");
export const REFUNDS = keyOf("payments", "refunds");

/** A service's manifests, next to its code. */
export const service = (functions: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(functions).map(([name, spec]) => [
      `deploy/${name}.yaml`,
      `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
${spec}`,
    ]),
  );

export const PLATFORM = manifests({});
export const UNREACHABLE = new SourceError({
  code: "unreachable",
  message: "no route to host",
  fix: "check it",
});

const RECORDED = {
  record: null,
  isUncompared: false,
  applied: null,
  account: null,
  suspensions: [],
  rejections: [],
};

/** A controller with a platform source and the sources of two namespaces, one function each. */
export class NamespaceSources {
  fake = new FakeController();
  orders: MemorySource = this.fake.addSource("orders");
  payments: MemorySource = this.fake.addSource("payments");

  constructor() {
    this.fake.source.push(PLATFORM);
    this.orders.push(service({ api: READ_ORDERS }));
    this.payments.push(service({ refunds: READ_ORDERS }));
  }

  async started(): Promise<void> {
    await this.fake.start();
    await this.fake.converge();
  }

  async stop(): Promise<void> {
    const stopped = this.fake.stop();
    await this.fake.clock.pass(11_000);
    await stopped;
  }

  /** The process starts again on the same record. */
  async restart(change: () => void = () => undefined): Promise<void> {
    await this.stop();
    change();
    await this.fake.start();
    await this.fake.clock.pass(5_000);
  }

  async push(source: MemorySource, files: Readonly<Record<string, string>>): Promise<void> {
    source.push(files);
    this.fake.control.fetchSoon("test", [source.name as never]);
    await settled();
  }

  stateOf(key: Key) {
    return this.fake.control.permissionState(key, RECORDED).declared;
  }

  applied(key: Key) {
    return this.fake.store.records.get(key)?.applied;
  }

  async diagnostics(): Promise<readonly string[]> {
    const { diagnostics } = await this.fake.control.overview();
    return diagnostics.map(({ origin, message }) => `${origin.file}: ${message}`);
  }

  async viewOf(namespace: string) {
    return (await this.fake.control.overview()).namespaceSources.find(({ name }) => name === namespace);
  }

  /** `orders: source-failed`: by namespace, as routes see it. */
  sourceAlerts(): readonly string[] {
    return this.fake.recorder.alerts.flatMap((alert) =>
      alert.kind === "source-failed" || alert.kind === "revision-held"
        ? [`${alert.namespace}: ${alert.kind} of ${alert.source}`]
        : [],
    );
  }

  writes(): readonly string[] {
    return this.fake.cloud.account(ACCOUNT).writes.map(({ key }) => key);
  }
}
