import { describe, expect, test } from "@jest/globals";
import { FOREIGN } from "./decides.ts";
import { ask, callerOf, QUEUE, ROLE, USER } from "./question.ts";
import { textOf } from "./text-of.ts";

const named = (...principals: readonly string[]): object => ({ Principal: { AWS: principals } });

describe("the nearest statement", () => {
  const fails = (key: string): object => ({ [key]: "1" });

  test.each([
    {
      because: "the first of several equal ones",
      question: {
        identity: [
          { Sid: "A", Resource: "x" },
          { Sid: "B", Resource: "y" },
        ],
      },
      sid: "A",
    },
    {
      because: "the one with the fewest failed conditions, in any position",
      question: {
        identity: [
          { Sid: "A", Condition: { StringEquals: fails("a") } },
          { Sid: "B", Condition: { StringEquals: { ...fails("a"), ...fails("b") } } },
        ],
      },
      sid: "A",
    },
    {
      because: "conditions that hold do not count",
      question: {
        context: { c: "1", d: "1" },
        identity: [
          { Sid: "A", Condition: { StringEquals: { ...fails("a"), ...fails("b") } } },
          { Sid: "B", Condition: { StringEquals: { ...fails("a"), ...fails("c"), ...fails("d") } } },
        ],
      },
      sid: "B",
    },
    {
      because: "a failed resource is nearer than a failed principal",
      question: {
        ...FOREIGN,
        identity: [{}],
        policy: textOf({ Sid: "A", ...named(USER) }, { Sid: "B", ...named(ROLE), Resource: QUEUE }),
      },
      sid: "B",
    },
    {
      because: "all statements about the service in one document are considered",
      question: {
        identity: [
          textOf(
            { Sid: "A", Action: "sqs:PurgeQueue" },
            { Sid: "B", Action: "sqs:ReceiveMessage", Resource: `${QUEUE}2` },
          ),
        ],
      },
      sid: "A",
    },
  ])("is $sid: $because", ({ question, sid }) => {
    expect(ask(question)).toMatchObject({ cause: "implicit", nearest: { statement: { sid } } });
  });

  test("is reported with the parts that fail and without the parts that hold", () => {
    const decision = ask({
      ...FOREIGN,
      context: { c: "1" },
      identity: [{}],
      policy: {
        ...named(ROLE),
        Resource: QUEUE,
        Condition: { StringEquals: { ...fails("a"), ...fails("c") } },
      },
    });
    const failed = decision.kind === "denied" && decision.cause === "implicit" && decision.nearest?.failed;

    expect(failed).toMatchObject([{ kind: "resource" }, { kind: "condition", key: "a" }]);
    expect(failed).toHaveLength(2);
  });

  test("names a session whose name is not known", () => {
    const decision = ask({
      ...FOREIGN,
      caller: callerOf(ROLE),
      identity: [{}],
      policy: named(USER),
    });

    expect(decision).toMatchObject({
      nearest: { failed: [{ found: ["AWS a session without a name", `AWS ${ROLE}`, expect.anything()] }] },
    });
  });
});
