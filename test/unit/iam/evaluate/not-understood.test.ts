import { describe, expect, test } from "@jest/globals";
import { ask } from "./question.ts";
import { FOREIGN, decides } from "./decides.ts";

describe("a policy that is not understood", () => {
  const odd = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const strange = { Sid: "odd", Effect: "Allow", Action: "*", Resource: "*", Condition: { Odd: { k: "v" } } };
  decides([
    { because: "an unreadable policy may allow", identity: ["{"], is: "unknown" },
    { because: "an unreadable policy may deny", identity: [{}, "{"], is: "unknown" },
    {
      because: "a Deny in another policy is certain",
      identity: [{ Effect: "Deny" }, "{"],
      is: "denied by identity",
    },
    { because: "a boundary can't be read", identity: [{}], boundary: "{", is: "unknown" },
    {
      because: "an unreadable boundary does not matter if identity does not allow",
      boundary: "{",
      is: "not allowed by identity",
    },
    { because: "an Allow that is not understood may allow", identity: [odd(strange)], is: "unknown" },
    { because: "an Allow that is not understood never denies", identity: [{}, odd(strange)], is: "allowed" },
    {
      because: "a Deny that is not understood may deny",
      identity: [{}, odd({ ...strange, Effect: "Deny" })],
      is: "unknown",
    },
    {
      because: "a Deny that is not understood never allows",
      identity: [odd({ ...strange, Effect: "Deny" })],
      is: "not allowed by identity",
    },
    {
      because: "a statement that is not an object may allow or deny",
      identity: [odd([]), {}],
      is: "unknown",
    },
    {
      because: "the resource's policy can't be read",
      ...FOREIGN,
      identity: [{}],
      policy: "{",
      is: "unknown",
    },
  ]);

  test("is reported with the reason", () => {
    expect(ask({ identity: [odd(strange)] })).toEqual({
      kind: "unknown",
      reason: 'identity 0: statement odd is not understood: unknown condition operator "Odd"',
    });
    expect(ask({ identity: ["{"] })).toEqual({
      kind: "unknown",
      reason: "identity 0: the document can't be read: it is not JSON",
    });
    expect(ask({ identity: [{}, odd([])] })).toEqual({
      kind: "unknown",
      reason: "identity 1: a statement is not understood: not an object",
    });
  });
});
