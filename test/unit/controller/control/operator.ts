import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { ApproveRequest, SuspensionScope } from "../../../../src/model/approval.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { withRole } from "../../../support/pass/apply.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";

export const ACCOUNT = "111122223333" as AccountId;
export const keyOf = (name: string): Key => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key;
export const KEY = keyOf("a");
export const HOUR_MS = 3_600_000;
export const ALL: SuspensionScope = { accountId: null, namespace: null, key: null };

/** A started controller with the functions `a` and `b`, whose first plans are held. */
export async function startedWithTwoFunctions(): Promise<FakeController> {
  const fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
  await fake.start();
  return fake;
}

/** Nothing can be recorded until the returned function is called. */
export function recordAway(fake: FakeController): () => void {
  const record = fake.recorder.record.bind(fake.recorder);
  fake.recorder.record = () => Promise.reject(new Error("the disk is full"));
  return () => void (fake.recorder.record = record);
}

/** Someone gives the role of the account's first function another policy. */
export function drift(aws: FakeAws): void {
  const [role] = aws.live.roles.values();
  if (role?.kind !== "present") throw new Error("the role exists");
  const Statement = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }];
  const extra = { name: "extra", text: JSON.stringify({ Version: "2012-10-17", Statement }) };
  aws.live = withRole(aws.live, { ...role.value, inline: [extra, ...role.value.inline] });
}

/** Dana, who decides about what the controller holds and suspends. */
export class Operator {
  readonly #fake: FakeController;

  constructor(fake: FakeController) {
    this.#fake = fake;
  }

  approve(subject: string, change: Partial<Pick<ApproveRequest, "reason" | "forMs" | "override">> = {}) {
    return this.#fake.control.approve({ subject, reason: "ok", forMs: HOUR_MS, ...change }, "dana");
  }

  async heldSubject(): Promise<string> {
    return (await this.#fake.control.overview()).holds[0]?.subject ?? "";
  }

  until(ms: number): string {
    return new Date(this.#fake.clock.nowMs() + ms).toISOString();
  }

  suspend(scope: SuspensionScope = ALL, forMs = HOUR_MS, reason = "INC-1") {
    return this.#fake.control.suspend({ scope, reason, until: this.until(forMs) }, "dana");
  }
}
