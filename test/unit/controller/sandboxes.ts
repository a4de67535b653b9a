import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { FoundAccount } from "../../../src/model/aws/found-account.ts";
import { type FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

/** The account that a manifest names; a set finds the others. */
export const DECLARED = "111122223333" as AccountId;
export const SEVEN = "777777777777" as AccountId;
export const EIGHT = "888888888888" as AccountId;
export const MINUTE = 60_000;

export const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: sandboxes}
spec:
  organization:
    reader: {role: "arn:aws:iam::999999999999:role/gk/reader", externalId: gk-3}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
`;

export const FILES: Readonly<Record<string, string>> = {
  ...manifests({ a: READ_ORDERS }),
  "platform/set.yaml": SET,
};

export async function stop(fake: FakeController): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

export function found(fake: FakeController, ...accounts: readonly AccountId[]): void {
  const listed = accounts.map((id): FoundAccount => ({ id, name: "Sandbox" }));
  fake.organizations.found.set("sandboxes", listed);
}

export async function start(fake: FakeController): Promise<void> {
  fake.source.push(FILES);
  await fake.start();
  await fake.clock.pass(5_000);
}

export async function accountNames(fake: FakeController): Promise<readonly string[]> {
  return (await fake.control.overview()).accounts.map(({ name, mode }) => `${name} ${mode}`);
}

export function sweeps(fake: FakeController, id: AccountId): number {
  return fake.cloud.accounts.get(id)?.sweeps.length ?? 0;
}

export function facts(fake: FakeController): readonly string[] {
  return fake.audit.log.flatMap((entry) =>
    entry.kind === "account-found" || entry.kind === "account-left" ? [`${entry.kind} ${entry.account}`] : [],
  );
}
