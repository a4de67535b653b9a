import { describe, expect, test } from "@jest/globals";
import { contentOf, type AdoptedRole } from "../../../../src/model/keys/adopted-role.ts";
import type { LiveAccount, LiveRole } from "../../../../src/model/live.ts";
import { takeOverAfter } from "../../../../src/settle/adoption/adopted-role.ts";
import { type KeyOutcome, outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import {
  actionOf,
  BINDING,
  judgedOf,
  passOf,
  seenOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../../support/pass/passes.ts";
import { appliedRecord } from "../../../support/pass/bindings.ts";
import { accountWith } from "../../../support/pass/live-state.ts";
import { ADOPTED, liveOf, ROLE } from "./undo-scene.ts";

const REVIEWED = { ...BINDING, role: { ...BINDING.role, adopt: "reviewed" as const } };
const IDLE = skippedOf({ kind: "nothing-due" });
const SAME: AdoptedRole = { ...ADOPTED, former: contentOf(ROLE), changedAtMs: null, lastWritten: null };
const OTHER_ROLE: LiveRole = { ...ROLE, roleId: "AROASOMEONEELSE000001" };
const TAGGED = actionOf({ target: ROLE.arn, call: "iam:TagRole", step: 3 });
const WRITE = actionOf({ target: ROLE.arn, call: "iam:PutRolePolicy" });
const applied = (action: typeof WRITE) =>
  writtenOf(
    {},
    {
      writes: [{ kind: "applied", action, intent: 1, atMs: 1, isOverdue: false }] as never,
      readBack: { kind: "seen", drifts: [], unread: [], plan: judgedOf().plan },
    },
  );
const NOT_READ_BACK = writtenOf(
  {},
  {
    writes: [{ kind: "applied", action: WRITE, intent: 1, atMs: 1, isOverdue: false }] as never,
    readBack: { kind: "not-read", reason: "timeout" },
  },
);

interface Scene {
  readonly before?: AdoptedRole;
  readonly live?: LiveAccount;
  readonly outcome?: KeyOutcome;
  readonly desired?: typeof REVIEWED | typeof BINDING;
}

function after({ before, live = liveOf(ROLE), outcome = IDLE, desired = REVIEWED }: Scene) {
  const record = appliedRecord(BINDING, before === undefined ? {} : { adoptedRole: before });
  const subject = { ...subjectOf(record), desired } as never;
  const made = { ...outcome, judged: { ...("judged" in outcome && outcome.judged), subject } } as KeyOutcome;
  const view = outcomeView(made, []);
  if (view.kind !== "judged") throw new Error("nothing was judged");
  return takeOverAfter(view, seenOf({ live, pass: passOf() }));
}

const untagged = { ...ROLE, tags: [] };
const released = { ...REVIEWED, released: true as const };
const absent = accountWith({});

describe("the record of a role that Git takes over", () => {
  test("begins with what the role is, and the audit entry has it", () => {
    const { record, facts } = after({});

    expect(record.adoptedRole).toMatchObject({
      roleId: ROLE.roleId,
      former: contentOf(ROLE),
      changedAtMs: null,
    });
    expect(facts).toEqual([
      expect.objectContaining({ kind: "role-adopted", role: ROLE.arn, former: contentOf(ROLE) }),
    ]);
  });

  test("is written again if the role changes before its first write", () => {
    const { record, facts } = after({ before: { ...ADOPTED, changedAtMs: null } });

    expect(record.adoptedRole?.former).toEqual(contentOf(ROLE));
    expect(facts).toHaveLength(1);
  });

  test("notes the first write that is more than the ownership tags", () => {
    const tagged = after({ before: SAME, outcome: applied(TAGGED) });
    const written = after({ before: SAME, outcome: applied(WRITE) });

    expect(tagged.record.adoptedRole?.changedAtMs).toBeNull();
    expect(written.record.adoptedRole?.changedAtMs).toBe(passOf().startedAtMs);
    expect(written.record.adoptedRole?.former).toEqual(contentOf(ROLE));
  });

  test("notes a write that was not read back, since it may have had an effect", () => {
    const { record } = after({ before: SAME, outcome: NOT_READ_BACK });

    expect(record.adoptedRole).toEqual({ ...SAME, changedAtMs: passOf().startedAtMs, lastWritten: null });
  });

  test.each<Scene & { readonly because: string }>([
    { because: "the role is as it was recorded", before: SAME },
    { because: "the role was created again under the same name", before: SAME, live: liveOf(OTHER_ROLE) },
    { because: "the role was not found", before: SAME, live: absent },
    { because: "the role has no ownership tags", before: SAME, live: liveOf(untagged) },
    { because: "Git no longer takes a role over", before: SAME, desired: BINDING },
    { because: "a release has not removed the tags yet", before: SAME, desired: released },
  ])("stays if $because", (scene) => {
    expect(after(scene)).toEqual({ record: { adoptedRole: SAME }, facts: [] });
  });

  test("ends with a release that is seen", () => {
    expect(after({ before: SAME, desired: released, live: liveOf(untagged) })).toEqual({
      record: {},
      facts: [],
    });
  });

  test("is none if the role has no ownership tags yet", () => {
    expect(after({ live: liveOf(untagged) })).toEqual({ record: {}, facts: [] });
  });
});
