import { describe, expect, test } from "@jest/globals";
import type { RecordChange } from "../../src/model/records/record-change.ts";
import { ACCOUNT, checked, intent, KEY, refusal, REVISION } from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { suspendedScope } from "../../src/model/keys/suspended-scope.ts";
import { parseDigest } from "../../src/model/values/digest.ts";
import { parseRevision } from "../../src/model/values/revision.ts";
import { all } from "./audit-entries.ts";
import { optionsFor } from "./engines.ts";
import { Places } from "./places.ts";
import { POSTGRES } from "./postgres-engine.ts";
import { ACCOUNT_RECORD, APPROVAL, record, SOURCE_RECORD, SUSPENSION } from "./stored-records.ts";

const places = new Places();
const NEXT = checked(parseRevision(`main@sha1:${"c".repeat(40)}`));
const OTHER_PLAN = checked(parseDigest(`sha256:${"d".repeat(64)}`));
const REJECTION = { subject: OTHER_PLAN, accountId: ACCOUNT, actor: "dana", reason: "no", at: APPROVAL.at };
const SUSPENDED = {
  kind: "suspended",
  id: SUSPENSION.id,
  actor: SUSPENSION.actor,
  reason: SUSPENSION.reason,
  until: SUSPENSION.until,
  ...suspendedScope(SUSPENSION.scope),
} as const;

(HAS_POSTGRES ? describe : describe.skip)("decisions that running passes must not overlook", () => {
  /** Two processes on one record. */
  async function processes() {
    const folder = await places.folder();
    const one = places.keep(await POSTGRES.open(optionsFor(folder)));
    const two = places.keep(await POSTGRES.open(optionsFor(folder)));
    await one.store.commit({
      keys: [record()],
      sources: [SOURCE_RECORD],
      approvals: [APPROVAL],
      suspensions: [{ ...SUSPENSION, id: "before" }],
    });
    return { one, two };
  }

  const ENDING: readonly (readonly [string, RecordChange])[] = [
    ["a suspension", { suspensions: [SUSPENSION] }],
    ["the end of a suspension, which may have permitted an undo", { endedSuspensions: ["before"] }],
    ["a rejection", { rejections: [REJECTION] }],
    ["another approval of the same plan", { approvals: [{ ...APPROVAL, reason: "for a minute" }] }],
    ["another revision in force", { sources: [{ ...SOURCE_RECORD, acceptedRevision: NEXT }] }],
    ["a source that is new", { sources: [{ ...SOURCE_RECORD, source: "orders" }] }],
  ];

  test.each(ENDING)("an intent that was decided before %s is not appended", async (_, change) => {
    const { one, two } = await processes();
    const control = await two.store.control();
    expect(await two.audit.intend(intent(), control)).toMatchObject({ seq: 1 });

    await one.store.commit(change);

    expect(await two.audit.intend(intent(), control)).toBeNull();
    expect(await two.audit.intend(intent(), await two.store.control())).toMatchObject({ seq: 2 });
    expect((await all(one.audit)).map(({ kind }) => kind)).toEqual(["write-intended", "write-intended"]);
  });

  test("no pass is ended by a first approval, by what other passes record, or by a revision that is held", async () => {
    const { one, two } = await processes();
    const control = await two.store.control();

    await one.store.commit({
      approvals: [{ ...APPROVAL, subject: OTHER_PLAN }],
      keys: [record({ key: KEY })],
      accounts: [ACCOUNT_RECORD],
      endedRejections: [OTHER_PLAN],
      sources: [{ ...SOURCE_RECORD, fileKeys: {}, acceptedRevision: REVISION }],
    });

    expect(await two.store.control()).toBe(control);
    expect(await two.audit.intend(intent(), control)).not.toBeNull();
  });

  test("no intent of another process follows the entry of a suspension, and other entries that share its statement do", async () => {
    const { one, two } = await processes();
    const control = await two.store.control();
    const intended = Array.from({ length: 30 }, () => two.audit.intend(intent(), control));
    const suspended = one.settlements.record([SUSPENDED], () => ({ suspensions: [SUSPENSION] }));
    const late = two.audit.append([refusal(1)]);

    await suspended;
    const after = await Promise.all([two.audit.intend(intent(), control), two.audit.append([refusal(2)])]);

    const seqs = (await Promise.all(intended)).flatMap((entry) => entry?.seq ?? []);
    const entries = await all(one.audit);
    const decided = entries.find(({ kind }) => kind === "suspended")?.seq ?? 0;
    expect(Math.max(0, ...seqs)).toBeLessThan(decided);
    expect(entries.filter(({ kind }) => kind === "write-intended")).toHaveLength(seqs.length);
    expect(after).toEqual([null, [expect.objectContaining({ kind: "request-refused" })]]);
    expect(await late).toHaveLength(1);
  });
});
