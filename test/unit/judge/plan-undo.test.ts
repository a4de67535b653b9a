import { describe, expect, test } from "@jest/globals";
import { planSubject, undoFinding } from "../../../src/judge/plan-subject.ts";
import type { PassContext, Subject } from "../../../src/judge/subject.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { allow, binding, compiled, desiredAccount, policy } from "../../support/pass/bindings.ts";
import { KEY, passOf, removedSubject, seenOf, subjectOf } from "../../support/pass/passes.ts";
import { ADOPTED_RECORD, liveOf, ROLE } from "../settle/adoption/undo-scene.ts";

function contextOf(change: Parameters<typeof passOf>[1] = {}): PassContext {
  const { pass, live, writes, nowMs } = seenOf({ live: liveOf(ROLE), pass: passOf(undefined, change) });
  return { ...pass, live, writes, nowMs };
}

const CONTEXT = contextOf();
const OBSERVING = contextOf({ account: desiredAccount({ mode: "observe" }) });
const ADOPTED = subjectOf(ADOPTED_RECORD);
const NEVER: Subject = { kind: "removed", key: KEY, record: emptyKeyRecord(KEY) };
const POLICY = policy(compiled(allow("s3:GetObject")));
const OF_POLICY: Subject = { ...subjectOf(), desired: POLICY } as Subject;
const FORBIDDEN: Subject = { ...ADOPTED, forbidden: "Team orders may not have it" } as Subject;

const messages = (subject: Subject, context: PassContext): readonly string[] => {
  const finding = undoFinding(subject, context);
  return finding.kind === "refused" ? finding.obstacles.map(({ message }) => message) : [finding.kind];
};

describe("the undo of an adoption", () => {
  test("is planned for what was adopted, and shown as a plan that compares nothing", () => {
    const planned = planSubject(ADOPTED, "adoption-undo", CONTEXT);

    expect(undoFinding(ADOPTED, CONTEXT).kind).toBe("planned");
    expect(planned).toMatchObject({ kind: "planned", comparison: { drifts: [], unread: [] } });
  });

  test.each([
    { what: "nothing that was ever applied", subject: NEVER },
    { what: "a ManagedPolicy", subject: OF_POLICY },
  ])("is refused for $what", ({ subject }) => {
    expect(messages(subject, CONTEXT)).toEqual(["no function is declared under this name"]);
    expect(planSubject(subject, "adoption-undo", CONTEXT)?.kind).toBe("unknown");
  });

  test("is refused with the reason why the declared state may not be read", () => {
    expect(messages(FORBIDDEN, CONTEXT)).toEqual(["Team orders may not have it"]);
  });

  test("names the observe mode first, and other obstacles after it", () => {
    const observes = "process or account is in observe mode, which writes nothing";

    expect(messages(ADOPTED, OBSERVING)).toEqual([observes]);
    expect(messages(subjectOf(), OBSERVING)).toEqual([observes, ...messages(subjectOf(), CONTEXT)]);
  });
});

describe("a plan", () => {
  test("does not exist without the state that its purpose names", () => {
    expect(planSubject(subjectOf(emptyKeyRecord(KEY)), "undo", CONTEXT)).toBeNull();
    expect(planSubject(removedSubject(), "converge", CONTEXT)).toBeNull();
  });

  test("compares nothing of a state that may not be read, and reports why", () => {
    expect(planSubject(FORBIDDEN, "converge", CONTEXT)).toMatchObject({
      comparison: { drifts: [], unread: ["Team orders may not have it"] },
      plan: { actions: [] },
    });
  });

  test("never takes a released role back", () => {
    const released = binding({}, { released: true });
    const { applied } = ADOPTED_RECORD;
    if (applied === null) throw new Error("the record has an applied state");
    const record = {
      ...ADOPTED_RECORD,
      applied: { ...applied, desired: { kind: "binding", binding: released } },
    };

    expect(planSubject(subjectOf(record as typeof ADOPTED_RECORD), "undo", CONTEXT)).toMatchObject({
      comparison: { drifts: [] },
      plan: { actions: [] },
    });
  });
});
