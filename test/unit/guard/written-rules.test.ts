import { describe, expect, test } from "@jest/globals";
import { rulesSkippedOffline } from "../../../src/guard/judge-desired.ts";
import { actionData, judged, stating, verdicts, world } from "./judged.ts";
import { TABLE, allow, ACTIONS, NAMES, RESOURCES } from "./written-statements.ts";

describe.each([
  ["actions", ACTIONS],
  ["names", NAMES],
  ["resources", RESOURCES],
] as const)("statements that people write: %s", (_, rows) => {
  test.each(rows)("$because", ({ statement, breaks }) => {
    const found = verdicts(judged(stating(statement)));

    const short = [...new Set(found.map((text) => (text.startsWith("ESC-") ? "ESC" : text)))];
    // The lists of risky actions have tests of their own.
    expect(short.filter((text) => !/^(PASS|CRED|EXF|EXP-001|TMP)/.test(text))).toEqual(breaks);
  });
});

test("a finding names the place, the statement, the reason and the fix", () => {
  const [finding] = judged(stating(allow("dynamodb:GetItm", TABLE)));

  expect(finding).toMatchObject({
    rule: "ACT-003",
    severity: "block",
    key: "function/222222222222/eu-west-1/orders/orders-api",
    origin: { file: "teams/orders/orders-api.yaml", line: 6 },
    why: `there is no action "dynamodb:GetItm" (AWS's action data of ${actionData.snapshotDate})`,
    fix: 'write "dynamodb:GetItem"',
    waiver: { kind: "none" },
  });
  expect(JSON.parse(finding?.evidence ?? "")).toMatchObject({ Action: "dynamodb:GetItm", Resource: TABLE });
});

test("an open resource is fixed by the ARN of such a resource in this account and region", () => {
  const actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"];
  const [finding] = judged(stating(allow(actions, "*")));

  expect(finding?.why).toBe(
    'dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query and 1 more can be limited to a resource, but Resource "*" means every one',
  );
  expect(finding?.fix).toBe('write Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/NAME"');
});

test("a catalogue statement on * with a reason passes", () => {
  const spec = "  tracing: true\n  vpc: true\n  grants: [{metrics: {namespace: orders}}]";

  expect(judged(world(spec))).toEqual([]);
});

test("a catalogue statement on every key, limited to an alias, passes", () => {
  const spec = "  grants: [{kms: {key: alias/orders, allow: [decrypt]}}]";

  expect(judged(world(spec))).toEqual([]);
});

test("a catalogue statement on * without a reason does not pass", () => {
  const plain = stating(allow("dynamodb:GetItem", "*"));
  const [statement] = plain.binding.role.inline.statements.filter(
    ({ source }) => source.kind === "statement",
  );
  if (statement === undefined) throw new Error("no statement");
  const inline = {
    statements: [{ ...statement, source: { kind: "grant", grant: "dynamodb", verb: "read" } as const }],
  };
  const granted = { ...plain, binding: { ...plain.binding, role: { ...plain.binding.role, inline } } };

  expect(verdicts(judged(granted))).toEqual(["RES-001 block"]);
});

test("the rules that need the account are named when it is not read", () => {
  expect(rulesSkippedOffline()).toEqual(["RES-006", "SHR-001", "SHR-002"]);
});
