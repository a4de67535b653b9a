import { describe, expect, test } from "@jest/globals";
import { concerns, concernsNamespace, heldSubjects, heldSubjectsOf } from "../../../src/audit/concerns.ts";
import type { AuditEntry, AuditFact, CoveredKey } from "../../../src/audit/entry.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import type { Revision } from "../../../src/model/values/revision.ts";

const ORDERS = "function/111122223333/eu-west-1/orders/orders-api" as Key;
const SIBLING = "function/111122223333/eu-west-1/orders/orders-events" as Key;
const BILLING = "function/444455556666/eu-west-1/billing/invoices" as Key;
const HELD = "sha256:1111" as Digest;
const NO_SUBJECTS: ReadonlySet<string> = new Set();
const WHO = { actor: "local:ci", reason: "INC-1" } as const;

const entry = (fact: AuditFact): AuditEntry => ({ ...fact, seq: 1, at: "", prev: "", hash: "" });
const covered = (key: Key): CoveredKey => ({ key, permissions: [], calls: [] });

const approved = (...keys: readonly Key[]): AuditEntry =>
  entry({ kind: "approved", subject: HELD, ...WHO, expiresAt: "", covers: keys.map(covered) });
const rejected = (...keys: readonly Key[]): AuditEntry =>
  entry({ kind: "rejected", subject: HELD, ...WHO, covers: keys.map(covered) });
const undo = (key: Key): AuditEntry =>
  entry({ kind: "adoption-undo-ordered", subject: HELD, ...WHO, covers: [covered(key)] });
const suspended = (scope: string): AuditEntry =>
  entry({ kind: "suspended", id: "1", scope, ...WHO, until: "" });
const resumed = (scope: string): AuditEntry => entry({ kind: "resumed", id: "1", scope, ...WHO });
const held = (key: Key): AuditEntry =>
  entry({
    kind: "plan-held",
    key,
    revision: "0" as Revision,
    planDigest: HELD,
    subject: HELD,
    reason: "",
  });
const wave = (namespace: string, key: Key): AuditEntry =>
  entry({
    kind: "wave-changed",
    accountId: "111122223333" as AccountId,
    account: "prod",
    namespace,
    number: 1,
    to: "opened",
    subject: HELD,
    keys: [key],
    reason: null,
  });

/** An approval of 0.1 names the digest alone. */
function ofVersion01(one: AuditEntry): AuditEntry {
  return { ...one, covers: undefined } as unknown as AuditEntry;
}

describe("an entry of the record is about a function and about its namespace:", () => {
  test.each<{
    readonly what: string;
    readonly one: AuditEntry;
    readonly isAbout: readonly [boolean, boolean];
  }>([
    { what: "its own entry", one: held(ORDERS), isAbout: [true, true] },
    { what: "an entry of a sibling", one: held(SIBLING), isAbout: [false, true] },
    { what: "an entry of another team", one: held(BILLING), isAbout: [false, false] },
    { what: "an approval that covers it", one: approved(BILLING, ORDERS), isAbout: [true, true] },
    { what: "an approval of a sibling", one: approved(SIBLING), isAbout: [false, true] },
    { what: "an approval of another team", one: approved(BILLING), isAbout: [false, false] },
    { what: "a rejection that covers it", one: rejected(ORDERS), isAbout: [true, true] },
    { what: "a rejection of another team", one: rejected(BILLING), isAbout: [false, false] },
    { what: "the undo of its adoption", one: undo(ORDERS), isAbout: [true, true] },
    { what: "the undo of another adoption", one: undo(BILLING), isAbout: [false, false] },
    { what: "its wave", one: wave("orders", ORDERS), isAbout: [true, true] },
    { what: "the wave of a sibling", one: wave("orders", SIBLING), isAbout: [false, true] },
    { what: "the wave of another team", one: wave("billing", BILLING), isAbout: [false, false] },
    { what: "its suspension", one: suspended(ORDERS), isAbout: [true, true] },
    { what: "the suspension of a sibling", one: suspended(SIBLING), isAbout: [false, true] },
    { what: "the suspension of everything", one: suspended("everything"), isAbout: [true, true] },
    { what: "the end of everything's suspension", one: resumed("everything"), isAbout: [true, true] },
    { what: "the suspension of its account", one: suspended("account 111122223333"), isAbout: [true, true] },
    { what: "the suspension of its team", one: suspended("namespace orders"), isAbout: [true, true] },
    { what: "the suspension of another team", one: resumed("namespace billing"), isAbout: [false, false] },
    { what: "the suspension of no known scope", one: suspended(""), isAbout: [false, false] },
    {
      what: "the stop of the controller",
      one: entry({ kind: "stopped", version: "1", reason: "" }),
      isAbout: [false, false],
    },
  ])("$what", ({ one, isAbout }) => {
    expect([concerns(one, ORDERS, NO_SUBJECTS), concernsNamespace(one, "orders", NO_SUBJECTS)]).toEqual(
      isAbout,
    );
  });

  test.each([approved(), rejected()])("a decision of 0.1 by the digest that was held: $kind", (decision) => {
    const old = ofVersion01(decision);
    const [known, unknown] = [new Set([HELD]), new Set(["sha256:2222"])];

    expect([concerns(old, ORDERS, known), concerns(old, ORDERS, unknown)]).toEqual([true, false]);
    expect([concernsNamespace(old, "orders", known), concernsNamespace(old, "orders", unknown)]).toEqual([
      true,
      false,
    ]);
  });

  test("the suspension of an account is about each namespace, also one that has nothing in it", () => {
    expect(concernsNamespace(suspended("account 444455556666"), "orders", NO_SUBJECTS)).toBe(true);
  });
});

describe("the digests under which a plan was held", () => {
  const entries = [held(ORDERS), approved(BILLING)];

  test("are those of the function", () => {
    expect([[...heldSubjects(entries, ORDERS)], [...heldSubjects(entries, SIBLING)]]).toEqual([[HELD], []]);
  });

  test("are those of the namespace, or of all", () => {
    const found = ["orders", "billing", null].map((namespace) => [...heldSubjectsOf(entries, namespace)]);

    expect(found).toEqual([[HELD], [], [HELD]]);
  });
});
