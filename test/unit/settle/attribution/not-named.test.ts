import { describe, expect, test } from "@jest/globals";
import type { Region } from "../../../../src/model/aws/ids.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { authorLines } from "../../../../src/model/changes/author-text.ts";
import { ADMINISTRATOR, changed, drifted, ROLE } from "./changes.ts";
import { attach, attribution, ids, NONE } from "./sighted.ts";

/** A call whose record does not have its parameters. */
function unread(
  second: number,
  names: readonly string[] = [],
  service: "iam" | "lambda" = "iam",
): ChangeRecord {
  const object = { kind: "not-named", service, region: "us-east-1" as Region, names } as const;
  return changed(second, { kind: "unread" }, { object });
}
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:orders";

describe("a call whose record does not show what it changed", () => {
  test.each<[string, readonly string[]]>([
    ["any object of IAM", []],
    ["the role by its name, in any case", ["ORDERS"]],
    ["the role by its ARN, and a policy", [ADMINISTRATOR, ROLE]],
  ])("leaves no one named if it is on %s, before or after the only other one", (_, names) => {
    for (const second of [5, 9]) {
      const found = attribution({ records: [attach(7), unread(second, names)] });

      expect(found.kind).toBe("candidates");
      expect(ids(found).split(" ").toSorted()).toEqual([`e${second}`, "e7"].toSorted());
    }
  });

  test.each<[string, ChangeRecord]>([
    ["on another role", unread(9, ["invoices"])],
    ["on a policy", unread(9, [ADMINISTRATOR])],
    ["on functions", unread(9, [], "lambda")],
    ["before the last read", unread(-61)],
  ])("changes nothing if it is %s", (_, record) => {
    expect(attribution({ records: [attach(7), record] })).toMatchObject({ kind: "named" });
  });

  test("is itself never named, although it is the only one, and its text claims no change", () => {
    expect(authorLines(attribution({ records: [unread(7)] }))).toEqual([
      "not certain: alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 called iam:AttachRolePolicy (its record does not show what it changed) at 10:32:07Z (event e7)",
    ]);
  });

  test("of Lambda concerns the functions of its region only", () => {
    const drift = drifted({ kind: "function-role" }, { subject: FUNCTION, live: ROLE });
    const elsewhere = { ...unread(7, [], "lambda").event.object, region: "eu-west-1" as Region } as const;

    expect(ids(attribution({ records: [unread(7, [], "lambda")] }, drift))).toBe("e7");
    expect(ids(attribution({ records: [unread(7, ["orders"], "lambda")] }, drift))).toBe("e7");
    expect(ids(attribution({ records: [unread(7, [FUNCTION], "lambda")] }, drift))).toBe("e7");
    expect(
      ids(attribution({ records: [changed(7, { kind: "unread" }, { object: elsewhere })] }, drift)),
    ).toBe(NONE);
    expect(ids(attribution({ records: [unread(7)] }, drift))).toBe(NONE);
  });
});
