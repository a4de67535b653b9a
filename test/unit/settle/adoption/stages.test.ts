import { describe, expect, test } from "@jest/globals";
import type { UsedRole } from "../../../../src/model/keys/used-role.ts";
import type { AdoptionState } from "../../../../src/model/keys/adoption.ts";
import type { AdoptionFacts } from "../../../../src/settle/adoption/adoption-facts.ts";
import {
  after,
  DECLARED,
  equalTo,
  OLD,
  ON_V1,
  seen,
  SILENT,
  START_MS,
} from "../../../support/pass/adoption.ts";

const NO_DELTA = { allowed: [], noLongerAllowed: [], unknownEffect: [] };
const DIFFERENT = (arn: string): UsedRole => ({
  kind: "different",
  arn,
  difference: { permissions: NO_DELTA, trust: NO_DELTA },
});
const UNKNOWN = (arn: string): UsedRole => ({ kind: "unknown", arn, reason: "throttled" });
const READY = { ownRole: { isOurs: true, problem: null } } as const;
const SWITCHED = { ...READY, roleArn: DECLARED } as const;
const NOT_ASKED = {
  aliases: { kind: "not-asked", elsewhere: [] },
  needs: { kind: "not-asked", unmet: [] },
} as const;
const FAILED_ALIASES = { aliases: { kind: "failed", reason: "throttled", elsewhere: [] } } as const;

interface Row {
  readonly reads: readonly (readonly [number, AdoptionFacts])[];
  readonly state: AdoptionState;
  /** The kinds of what the next stage needs. */
  readonly needs?: readonly string[];
  readonly because: string;
}

describe("a stage of adoption", () => {
  test.each<Row>([
    {
      reads: [[0, seen()]],
      state: "observed",
      needs: ["second-sweep"],
      because: "one sweep without a difference is no proof",
    },
    {
      reads: [
        [0, seen()],
        [23, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "two sweeps within a day are no proof",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "two sweeps a day apart found no difference",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ mode: "observe" })],
      ],
      state: "proven",
      needs: ["mode", "role-incomplete"],
      because: "observe mode creates no role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ isSweep: false })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a read of single objects is no complete sweep",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(NOT_ASKED)],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a sweep that did not read its aliases and triggers is none",
    },
    {
      reads: [
        [0, seen()],
        [12, seen({ compare: DIFFERENT })],
        [24, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a difference between the sweeps ends the proof",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ compare: DIFFERENT })],
      ],
      state: "observed",
      needs: ["difference"],
      because: "a proof ends with the first difference",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ compare: UNKNOWN })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "a proof ends with the first role that was not read",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ ...FAILED_ALIASES })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "aliases that were not read may run on a third role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ needs: { kind: "failed", reason: "denied" } })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "triggers that were not read may need more",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ needs: { kind: "read", unmet: [{ what: "tracing", hint: "tracing: true" }] } })],
      ],
      state: "observed",
      needs: ["function-need"],
      because: "Lambda needs what the declared role lacks",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ compare: (arn) => ({ kind: "equal", arn, roleId: "another" }) })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a role that was created again is another role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ roleArn: `${OLD}-2` })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "the function moved to a third role",
    },
    {
      reads: [
        [10, seen()],
        [5, seen()],
        [29, seen()],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "after the clock went back, a day is counted from the earlier time",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [20, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a proof from the future is none: the clock went back",
    },
    {
      reads: [
        [0, seen()],
        [24, { kind: "unread", reason: "throttled" }],
      ],
      state: "unknown",
      because: "the function was not read",
    },
    {
      reads: [
        [0, seen()],
        [12, { kind: "unread", reason: "throttled" }],
        [24, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a failed read between the sweeps ends the proof",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
      ],
      state: "adopted",
      needs: ["function-role"],
      because: "the declared role is complete and the function does not use it yet",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(READY)],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a complete role without a proof is not adopted",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [24, seen({ ...READY, aliases: ON_V1 })],
      ],
      state: "adopted",
      needs: ["function-role", "alias-version"],
      because: "$LATEST and an alias run on the old role",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [24, seen({ ...READY, aliases: ON_V1 })],
        [25, seen({ ...SWITCHED, aliases: ON_V1 })],
      ],
      state: "adopted",
      needs: ["alias-version"],
      because: "an alias still runs a version with the old role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, seen(SWITCHED)],
      ],
      state: "switched",
      needs: ["silent-pass"],
      because: "the function and all aliases run on the declared role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, seen({ ...SWITCHED, ...NOT_ASKED })],
      ],
      state: "unknown",
      because: "its aliases were not read since $LATEST moved",
    },
    {
      reads: [
        [0, seen()],
        [25, seen({ ...SWITCHED, ...FAILED_ALIASES })],
      ],
      state: "unknown",
      because: "aliases that were not read are not none",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [1, seen({ ...SWITCHED, ...FAILED_ALIASES })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "a version on the old role is known until a complete read does not find it",
    },
    {
      reads: [
        [0, seen()],
        [1, seen({ ...SWITCHED, mode: "observe" })],
        [2, seen({ ...SWITCHED, ...SILENT, mode: "observe" })],
      ],
      state: "switched",
      needs: ["mode"],
      because: "observe mode enforces nothing",
    },
    {
      reads: [
        [0, seen()],
        [1, seen({ ...SWITCHED, ...SILENT })],
      ],
      state: "switched",
      needs: ["silent-pass"],
      because: "the pass that first sees the switch is not the one after it",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
      ],
      state: "enforced",
      needs: [],
      because: "a pass after the switch found nothing to write",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ ...SWITCHED, isApplied: true })],
      ],
      state: "enforced",
      needs: [],
      because: "a change in AWS that is reverted is drift, and no step back",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ ...SWITCHED, ...SILENT, ...NOT_ASKED })],
      ],
      state: "enforced",
      needs: [],
      because: "aliases that were read an hour ago still count",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [27, seen({ ...SWITCHED, ...SILENT, ...NOT_ASKED })],
      ],
      state: "unknown",
      because: "aliases that were read more than a day ago do not count",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ compare: DIFFERENT })],
      ],
      state: "observed",
      needs: ["difference"],
      because: "its deployment moved it to a role with other permissions",
    },
    {
      reads: [[0, seen(SWITCHED)]],
      state: "not-needed",
      because: "no other role was ever seen",
    },
    {
      reads: [[0, seen({ ...SWITCHED, ...NOT_ASKED })]],
      state: "unknown",
      because: "its aliases were never read",
    },
    {
      reads: [[0, { kind: "no-function" }]],
      state: "not-needed",
      because: "the function does not exist yet",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, { kind: "no-function" }],
        [26, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a function that was deleted and created again begins from the start",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ declaredArn: `${DECLARED}-2` })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "Git declares another role, about which nothing is known",
    },
    {
      reads: [
        [0, seen({ roleArn: DECLARED })],
        [24, seen({ roleArn: DECLARED })],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "it runs on the declared role, which is not Grantkeeper's yet",
    },
  ])("is $state: $because", ({ reads, state, needs }) => {
    const { status } = after(...reads);

    expect(status.state).toBe(state);
    expect(status.needs.map(({ kind }) => kind)).toEqual(needs ?? []);
    expect(status.reason === null).toBe(needs !== undefined);
  });

  test("names the role, the version with its alias, and what to do", () => {
    const facts = { ...READY, aliases: ON_V1 } as const;

    const { status } = after([0, seen({ aliases: ON_V1 })], [24, seen(facts)]);

    expect(status).toMatchObject({
      from: OLD,
      next: "switched",
      equalSince: new Date(START_MS).toISOString(),
      needs: [
        {
          message: "orders-api runs on role orders-shared",
          fix: `where it is deployed, set its role to ${DECLARED}`,
        },
        {
          message: "version 1 (alias live) runs on role orders-shared",
          fix: "publish a version of orders-api after the switch, and move the alias live to it",
        },
      ],
    });
  });

  test("keeps the time at which it was reached, and the one of a state from the future is the read's", () => {
    const at = (hours: number): string => new Date(START_MS + hours * 3_600_000).toISOString();

    expect(after([0, seen()], [5, seen()]).status.since).toBe(at(0));
    expect(after([5, seen()], [0, seen()]).status.since).toBe(at(0));
  });

  test("remembers between rounds what Lambda needs and the declared role lacks", () => {
    const unmet = [{ what: "its queue", hint: "a grant" }];
    const now = [{ what: "tracing", hint: "tracing: true" }];
    const between = { ...NOT_ASKED, needs: { kind: "not-asked", unmet: now } } as const;
    const messages = (first: Partial<ReturnType<typeof seen>>): readonly string[] =>
      after([0, seen(first)], [1, seen(between)]).status.needs.map(({ message }) => message);

    expect(messages({ needs: { kind: "read", unmet } })).toEqual([
      "the declared role does not allow tracing",
      "the declared role does not allow its queue",
    ]);
    expect(messages({ needs: { kind: "failed", reason: "denied" } })).toEqual([
      "its event source mappings and destinations were not read: denied",
    ]);
  });

  test("is not proven for a role that only some of its versions run on", () => {
    const compare = (arn: string): UsedRole => (arn === OLD ? DIFFERENT(arn) : equalTo(arn));
    const facts = seen({ roleArn: `${OLD}-2`, aliases: ON_V1, compare });

    expect(after([0, facts], [24, facts]).status.state).toBe("observed");
  });
});
