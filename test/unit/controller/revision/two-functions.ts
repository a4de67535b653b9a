import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { type FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";

export const ACCOUNT = "111122223333" as AccountId;

/** The functions `a` and `b`. */
export const BOTH = manifests({ a: READ_ORDERS, b: READ_ORDERS });

/** Ends a controller, also one whose ports fail. */
export async function endOf(fake: FakeController): Promise<void> {
  fake.store.failure = null;
  fake.audit.failure = null;
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

export function callsOf(aws: FakeAws): readonly string[] {
  return aws.writes.map(({ call }) => call);
}
