import type { SuspensionScope } from "../../../../src/model/approval.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { liveRole, type LiveRole } from "../../../../src/model/live.ts";
import type { PendingChange, PermissionState } from "../../../../src/model/answers/permission-state.ts";
import { shownState } from "../../../../src/plan/render/shown-state.ts";

import { binding, REGION } from "../../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../../support/pass/live-state.ts";

import { withFunction, withRole } from "../../../support/pass/apply.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";

export const ACCOUNT = "111122223333" as AccountId;
export const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const HOUR_MS = 3_600_000;

/** The function `a` under a fake controller, with what `describe` shows of it. */
export class Described {
  readonly fake = new FakeController();
  readonly aws: FakeAws = this.fake.cloud.account(ACCOUNT);

  /** Started, approved, applied. */
  converged(spec = READ_ORDERS): Promise<void> {
    return this.fake.startConverged(manifests({ a: spec }));
  }

  async push(spec: string): Promise<void> {
    await this.fake.push(manifests({ a: spec }));
    await this.fake.clock.pass(1_000);
  }

  async state(): Promise<PermissionState> {
    const { suspensions, rejections, accounts } = await this.fake.control.overview();
    const record = this.fake.store.records.get(KEY) ?? null;
    const state = this.fake.control.permissionState(KEY, {
      record,
      isUncompared: this.fake.control.uncomparedSince(KEY) !== null,
      applied: record?.applied ?? null,
      account: accounts[0]?.record ?? null,
      suspensions,
      rejections,
    });
    return shownState(state);
  }

  /** A principal changes the role in the console; the next sweep sees it. */
  async changeRole(change: Partial<LiveRole>): Promise<void> {
    this.aws.live = withRole(this.aws.live, { ...this.role(), ...change });
    await this.fake.clock.pass(SWEEP_MS * 1.2);
  }

  async changeFunction(change: Partial<ReturnType<typeof liveFunctionOf>>): Promise<void> {
    const desired = binding({ name: "a-eu-west-1" }, { functionName: "a", key: KEY });
    this.aws.live = withFunction(this.aws.live, REGION, liveFunctionOf(desired, change));
    await this.fake.clock.pass(SWEEP_MS * 1.2);
  }

  known(arn: Arn, text: string): void {
    const policy = { kind: "present", value: { arn, versionId: "v1", text } } as const;
    this.aws.live = { ...this.aws.live, awsManaged: new Map(this.aws.live.awsManaged).set(arn, policy) };
  }

  role(): LiveRole {
    const found = liveRole(this.aws.live, "a-eu-west-1");
    if (found.kind !== "present") throw new Error("the role was not created");
    return found.value;
  }

  suspend(scope: Partial<SuspensionScope> = {}): Promise<unknown> {
    return this.fake.control.suspend(
      {
        scope: { accountId: null, namespace: null, key: null, ...scope },
        reason: "INC-1",
        until: new Date(this.fake.clock.nowMs() + 8 * HOUR_MS).toISOString(),
      },
      "dana",
    );
  }
}

export const texts = (lines: readonly { readonly what: string; readonly on: string }[]): readonly string[] =>
  lines.map(({ what, on }) => `${what} ${on}`.trim());

export function effective({ effective: found }: PermissionState): readonly string[] {
  if (found.kind !== "read") return [`unknown: ${found.reason}`];
  return found.permissions.lines.map(({ isDeclared, what, on, place }) => {
    const name = "name" in place ? place.name : "sid" in place ? place.sid : "";
    return `${isDeclared ? "=" : "+"} ${what} ${on} ${name ?? "-"}`;
  });
}

export function pending({ pending: changes }: PermissionState): readonly string[] {
  return changes.map(({ reason, add, remove }: PendingChange) =>
    [
      reason.kind,
      ...texts(add.lines).map((text) => `+${text}`),
      ...texts(remove.lines).map((text) => `-${text}`),
    ].join(" "),
  );
}

export const OWN_LOGS = "= own logs /aws/lambda/a grantkeeper";
export const READ = "= dynamodb read table/orders, indexes grantkeeper";
