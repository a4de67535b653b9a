import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import type { HistoryPage } from "../../../../src/controller/ports/audit-log.ts";
import { history } from "../../../../src/controller/control/history.ts";
import {
  ACCOUNT,
  DIGEST,
  intent,
  KEY,
  OTHER_KEY,
  refusal,
  REVISION,
} from "../../../support/record/audit-facts.ts";
import { MemoryAudit } from "../../../support/fakes/fake-ports.ts";

const UNTIL = "2026-12-01T00:00:00.000Z";
const suspended = (scope: string): AuditFact => ({
  kind: "suspended",
  id: "s1",
  scope,
  actor: "dana",
  reason: "INC-1",
  until: UNTIL,
});
const approved = (covers: readonly (typeof KEY)[]): AuditFact => ({
  kind: "approved",
  subject: DIGEST,
  actor: "dana",
  reason: "CHG-1",
  expiresAt: UNTIL,
  covers: covers.map((key) => ({ key, permissions: [], calls: [] })),
});
const wave = (keys: readonly (typeof KEY)[]): AuditFact => ({
  kind: "wave-changed",
  accountId: ACCOUNT,
  account: "prod",
  namespace: "orders",
  number: 2,
  to: "opened",
  subject: DIGEST,
  keys,
  reason: null,
});

async function kindsOf(facts: readonly AuditFact[], limit = 50): Promise<readonly string[]> {
  const audit = new MemoryAudit({ nowMs: () => 0 });
  await audit.append(facts);
  const { entries } = await history(audit, { key: KEY, namespace: null, before: null, limit });
  return entries.map(({ kind, seq }) => `${seq} ${kind}`);
}

describe("the history of a key", () => {
  test.each([
    { because: "its own suspension covers it", fact: suspended(KEY), isIn: true },
    { because: "a suspension of everything covers it", fact: suspended("everything"), isIn: true },
    {
      because: "its namespace in its account covers it",
      fact: suspended("namespace orders in account 111122223333"),
      isIn: true,
    },
    { because: "another namespace does not", fact: suspended("namespace payments"), isIn: false },
    { because: "an approval of it covers it", fact: approved([KEY, OTHER_KEY]), isIn: true },
    { because: "an approval of another key does not", fact: approved([OTHER_KEY]), isIn: false },
    { because: "a step of a wave that it is in", fact: wave([OTHER_KEY, KEY]), isIn: true },
    {
      because: "a step of a wave of its namespace that it is not in is not in it",
      fact: wave([OTHER_KEY]),
      isIn: false,
    },
    { because: "a refused request is about no key", fact: refusal(1), isIn: false },
  ])("$because", async ({ fact, isIn }) => {
    expect(await kindsOf([intent(), fact])).toEqual(
      isIn ? [`2 ${fact.kind}`, "1 write-intended"] : ["1 write-intended"],
    );
  });

  test("includes an approval by 0.1 that names only the digest of the key's hold", async () => {
    const { covers: _, ...old } = approved([]) as Extract<AuditFact, { readonly kind: "approved" }>;
    const held: AuditFact = {
      kind: "plan-held",
      key: KEY,
      revision: REVISION,
      planDigest: DIGEST,
      subject: DIGEST,
      reason: "first enforcing pass",
    };

    expect(await kindsOf([held, old as AuditFact])).toEqual(["2 approved", "1 plan-held"]);
    expect(await kindsOf([{ ...held, key: OTHER_KEY }, old as AuditFact])).toEqual([]);
  });

  test.each([KEY, null])(
    "includes an old approval whose plan was held on an earlier page: %s",
    async (key) => {
      const { covers: _, ...old } = approved([]) as Extract<AuditFact, { readonly kind: "approved" }>;
      const held: AuditFact = {
        kind: "plan-held",
        key: KEY,
        revision: REVISION,
        planDigest: DIGEST,
        subject: DIGEST,
        reason: "first enforcing pass",
      };
      const audit = new MemoryAudit({ nowMs: () => 0 });
      await audit.append([held, ...Array.from({ length: 5_000 }, () => refusal(1)), old as AuditFact]);

      const { entries } = await history(audit, { key, namespace: "orders", before: null, limit: 1 });

      expect(entries).toMatchObject([{ seq: 5_002, kind: "approved" }]);
    },
  );

  test("is newest first, and no longer than the limit", async () => {
    expect(await kindsOf([intent(), suspended(KEY), intent()], 2)).toEqual([
      "3 write-intended",
      "2 suspended",
    ]);
  });

  test("is the same page by page, even across more unrelated decisions than one page reads", async () => {
    const audit = new MemoryAudit({ nowMs: () => 0 });
    const others = Array.from({ length: 2_500 }, () => suspended("namespace payments"));
    await audit.append([suspended(KEY), intent(), ...others, intent(), suspended(KEY)]);

    const seqs: number[] = [];
    let before: number | null = null;
    do {
      const page: HistoryPage = await history(audit, { key: KEY, namespace: null, before, limit: 1 });
      seqs.push(...page.entries.map(({ seq }) => seq));
      before = page.next;
    } while (before !== null);

    expect(seqs).toEqual([2_504, 2_503, 2, 1]);
  });
});

test.each([
  { namespace: "orders", kinds: ["wave-changed", "write-intended"] },
  { namespace: "payments", kinds: [] },
])("the history of $namespace has the waves of that namespace only", async ({ namespace, kinds }) => {
  const audit = new MemoryAudit({ nowMs: () => 0 });
  await audit.append([intent(), wave([KEY])]);

  const { entries } = await history(audit, { key: null, namespace, before: null, limit: 50 });

  expect(entries.map(({ kind }) => kind)).toEqual(kinds);
});
