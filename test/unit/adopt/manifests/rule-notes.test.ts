import { describe, expect, test } from "@jest/globals";
import { known, type Estate, type EstatePart, type EventRules } from "../../../../src/adopt/estate/estate.ts";
import { RULES_NOT_ASKED } from "../../../../src/adopt/estate/event-rules.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";

const TARGET = estateFunction("orders").arn;
const ALL = "arn:aws:events:eu-west-1:111122223333:rule/*";
const rule = (name: string): string => ALL.replace("*", name);
const LEFT = "enforcing leaves the statement, unless undeclaredCallers is remove";
const REST = `; not read: rules on event buses of other accounts; ${LEFT}`;
const ELSEWHERE = `; not read: rules of other accounts and regions, rules on event buses of other accounts; ${LEFT}`;
const COMMAND = "aws events list-rule-names-by-target";

interface Live {
  readonly condition?: Statement["Condition"];
  readonly eventRules: Estate["eventRules"];
}

/** The note on the only statement of the function, which lets rules of EventBridge call it. */
function noteOf(live: Live): string {
  return writtenNote(live)?.text ?? "";
}

function writtenNote({ condition = { ArnLike: { "AWS:SourceArn": ALL } }, eventRules }: Live) {
  const text = policyText([
    {
      Sid: "rules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: TARGET,
      Condition: condition,
    },
  ]);
  const found = estateFunction("orders", { policies: new Map([["", known({ text, revisionId: "1" })]]) });
  const iam = known(estateIam([estateRole("orders-role")]));
  const outcome = outcomeOf(importPlan(estate({ functions: [found], iam, eventRules })), "orders");
  if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
  return outcome.notes.find(({ kind }) => kind === "undeclared-caller");
}

function asked(rules: EstatePart<readonly string[]>): EstatePart<EventRules> {
  return known(new Map([[TARGET as string, rules]]));
}

describe("the note on a pattern of rules lists those that match, and only if all event buses were read", () => {
  test.each<Live & { readonly because: string; readonly text: string }>([
    {
      because: "rules of the default bus and of another",
      eventRules: asked(known([rule("nightly"), rule("shop/placed")])),
      text: `; to declare the rules of the event buses of orders-prod in eu-west-1 that match and have the target ${TARGET}: invokedBy: [{ events: { rule: nightly } }, { events: { rule: placed, bus: shop } }]${REST}`,
    },
    {
      because: "a rule with the target that the pattern does not match is none of them",
      condition: { ArnLike: { "AWS:SourceArn": rule("shop/*") } },
      eventRules: asked(known([rule("nightly"), rule("shop/placed")])),
      text: `and have the target ${TARGET}: invokedBy: [{ events: { rule: placed, bus: shop } }]${REST}`,
    },
    {
      because: "no rule",
      eventRules: asked(known([])),
      text: `; no rule of the event buses of orders-prod in eu-west-1 that matches has the target ${TARGET}${REST}`,
    },
    {
      because: "a pattern of every account",
      condition: { ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:*:rule/*" } },
      eventRules: asked(known([rule("nightly")])),
      text: `: invokedBy: [{ events: { rule: nightly } }]${ELSEWHERE}`,
    },
    {
      because: "StringLike compares the text, not the parts of an ARN",
      condition: { StringLike: { "AWS:SourceArn": "arn:aws:events:*:rule/night*" } },
      eventRules: asked(known([rule("nightly"), rule("weekly")])),
      text: `: invokedBy: [{ events: { rule: nightly } }]${ELSEWHERE}`,
    },
  ])("$because", ({ text, ...live }) => {
    const note = noteOf(live);

    expect(note.endsWith(text) ? text : note).toBe(text);
    expect(writtenNote(live)?.commands).toBeUndefined();
  });
});

describe("without a complete answer of EventBridge, the note has the command and names no rule", () => {
  const denied = {
    kind: "unknown",
    call: "events:ListEventBuses",
    why: "denied",
    reason: "no",
  } as const;

  test.each<Live & { readonly because: string; readonly text: string }>([
    {
      because: "not asked",
      eventRules: RULES_NOT_ASKED,
      text: "the rules that match were not read; the command lists",
    },
    {
      because: "denied",
      eventRules: denied,
      text: "were not read (events:ListEventBuses is denied); the command lists",
    },
    {
      because: "of this target",
      eventRules: asked({ ...denied, call: "events:ListRuleNamesByTarget", why: "failed" }),
      text: "were not read (events:ListRuleNamesByTarget failed); the command lists",
    },
    {
      because: "of other targets alone",
      eventRules: known(new Map()),
      text: "were not read; the command lists",
    },
    {
      because: "a test by exclusion is not evaluated",
      condition: { ArnNotLike: { "AWS:SourceArn": ALL } },
      eventRules: asked(known([rule("nightly")])),
      text: "were not read; the command lists",
    },
    {
      because: "two tests are not evaluated",
      condition: { ArnLike: { "AWS:SourceArn": ALL }, StringLike: { "AWS:SourceArn": rule("night*") } },
      eventRules: asked(known([rule("nightly")])),
      text: "were not read; the command lists",
    },
  ])("$because", ({ text, ...live }) => {
    const note = noteOf(live);

    expect(note).toContain(text);
    expect(writtenNote(live)?.commands).toEqual([`${COMMAND} --region eu-west-1 --target-arn ${TARGET}`]);
    expect(note).not.toContain("nightly");
    expect(note.endsWith(LEFT)).toBe(true);
  });
});
