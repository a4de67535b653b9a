import { expect, test } from "@jest/globals";
import { effectiveCallers } from "../../../src/explain/state/effective/effective-callers.ts";
import type { EffectiveFacts } from "../../../src/explain/state/effective/effective-facts.ts";
import type { DesiredCaller } from "../../../src/model/desired.ts";
import type { LiveFunction, LiveResourcePolicy, Reading } from "../../../src/model/live.ts";
import { binding, caller } from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";

interface Case {
  readonly declared?: readonly DesiredCaller[];
  readonly former?: readonly DesiredCaller[];
  readonly policies?: LiveFunction["policies"];
  readonly found?: Reading<LiveFunction>;
  readonly isInGit?: boolean;
}

function callersOf({ declared = [], former = [], policies, found, isInGit = true }: Case) {
  const reference = binding({}, { callers: declared });
  const value = liveFunctionOf(reference, policies === undefined ? {} : { policies });
  const facts: EffectiveFacts = {
    reference,
    states: [
      { state: reference, isFormer: false },
      { state: binding({}, { callers: former }), isFormer: true },
    ],
    isInGit,
    live: emptyAccount(),
    readAt: "2026-10-01T12:00:00.000Z",
    failing: null,
    readings: {
      declaredRole: { kind: "present", value: liveRoleOf(reference) },
      function: found ?? { kind: "present", value },
      otherRole: null,
    },
    unread: [],
  };
  const { lines, unknown } = effectiveCallers(facts);
  const shown = lines.map(
    ({ isDeclared, wasDeclared, on }) => `${isDeclared ? "=" : wasDeclared ? "-" : "+"} ${on}`,
  );
  return { shown, unknown };
}

const UPLOADS = caller("uploads");
const withoutSid = ({ statement: { Sid: _sid, ...rest } }: DesiredCaller): object => rest;
const inAws = (...statements: readonly unknown[]): LiveFunction["policies"] =>
  new Map([["", presentPolicy(...statements)]]);

test.each<
  Case & {
    readonly because: string;
    readonly shown?: readonly string[];
    readonly unknown?: readonly string[];
  }
>([
  { because: "a declared statement is declared", declared: [UPLOADS], shown: ["= uploads"] },
  {
    because: "a declared caller may be satisfied by a statement without a Sid",
    declared: [UPLOADS],
    policies: inAws(withoutSid(UPLOADS)),
    shown: ["= uploads"],
  },
  {
    because: "statements without a Sid cannot be distinguished, so none of them counts as declared",
    declared: [UPLOADS],
    policies: inAws(withoutSid(UPLOADS), withoutSid(caller("other"))),
    shown: ["+ other", "+ uploads"],
  },
  {
    because: "an undeclared statement without a Sid was added in AWS",
    policies: inAws(withoutSid(UPLOADS)),
    shown: ["+ uploads"],
  },
  {
    because: "a caller of the last applied revision was not added in AWS",
    former: [UPLOADS],
    policies: inAws(UPLOADS.statement),
    shown: ["- uploads"],
  },
  {
    because: "a function that left Git declares no callers",
    declared: [UPLOADS],
    former: [UPLOADS],
    isInGit: false,
    shown: ["- uploads"],
  },
  {
    because: "a caller of an alias names the alias",
    declared: [caller("uploads", "live")],
    shown: ["= uploads → live"],
  },
  {
    because: "a caller of the alias does not allow the function without it",
    declared: [caller("uploads", "live")],
    policies: new Map<string, Reading<LiveResourcePolicy>>([
      ["", presentPolicy(UPLOADS.statement)],
      ["live", { kind: "absent" }],
    ]),
    shown: ["+ uploads"],
  },
  {
    because: "an unread policy of an alias is unknown, by the name of the alias",
    declared: [caller("uploads", "live")],
    policies: new Map([["live", { kind: "unknown", reason: "lambda:GetPolicy: AccessDenied" }]]),
    unknown: ["callers of live: lambda:GetPolicy: AccessDenied"],
  },
  {
    because: "a function that does not exist has no callers",
    found: { kind: "absent" },
    declared: [UPLOADS],
  },
])("$because", ({ shown = [], unknown = [], ...given }) => {
  const found = callersOf(given);

  expect(found.shown).toEqual(shown);
  expect(found.unknown).toEqual(expect.arrayContaining([...unknown]));
});
