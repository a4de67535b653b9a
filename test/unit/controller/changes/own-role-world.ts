import type { AuditEntry } from "../../../../src/audit/entry.ts";
import { intent, type Intent } from "../../../support/record/audit-facts.ts";
import { ownRoleMessage } from "../../../support/trail/own-role-events.ts";
import { ACCOUNTS, InboxWorld } from "./inbox-world.ts";

export const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/orders-api";
export const POLICY = "arn:aws:iam::aws:policy/AdministratorAccess";
const ATTACH: Partial<Intent> = {
  call: "iam:AttachRolePolicy",
  target: ROLE,
  input: { RoleName: "orders-api", PolicyArn: POLICY },
};

/** An inbox on a record that began a day ago. */
export class OwnRoleWorld extends InboxWorld {
  async begin(): Promise<void> {
    await this.fake.audit.append([{ kind: "stopped", version: "1", reason: "test" }]);
    this.fake.clock.set(this.nowMs + 86_400_000);
  }

  get nowMs(): number {
    return this.fake.clock.nowMs();
  }

  /** When the record began. */
  get beganMs(): number {
    return Date.parse(this.fake.audit.log[0]?.at ?? "");
  }

  /** A message about a write of the writer that attaches the policy to the role now. */
  message(id: string, change: Partial<Parameters<typeof ownRoleMessage>[0]> = {}): string {
    return ownRoleMessage({ id, atMs: this.nowMs, ...change });
  }

  receive(...bodies: readonly string[]): Promise<readonly number[]> {
    return this.inbox.receive(bodies, ACCOUNTS);
  }

  /** An intent to attach the policy to the role. */
  async intended(change: Partial<Intent> = {}): Promise<AuditEntry> {
    const [entry] = await this.fake.audit.append([intent({ ...ATTACH, ...change })]);
    if (entry === undefined) throw new Error("no entry");
    return entry;
  }

  /** The ids of the events that are in the record, by entry. */
  recorded(): readonly (readonly string[])[] {
    return this.fake.audit.log.flatMap((entry) =>
      entry.kind === "unrecorded-writes" ? [entry.writes.map(({ eventId }) => eventId)] : [],
    );
  }
}
