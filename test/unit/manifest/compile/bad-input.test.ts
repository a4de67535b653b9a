import { describe, expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { templateText } from "../../../support/templates.ts";
import { teamText } from "../../guard/fences/fenced.ts";

const PAYMENTS = teamText(
  "payments",
  "accounts: [prod], functions: ['payments-*'], resources: ['payments-*']",
);
const OTHER_TEAM = {
  "platform/payments.yaml": PAYMENTS,
  "teams/payments/payments-api.yaml": functionText("payments-api"),
};
const OTHER = `function/222222222222/eu-west-1/payments/payments-api` as Key;
const ORDERS = "accounts: [prod], functions: ['orders-*'], resources: ['orders-*']";
const using = (parameters: string): string =>
  functionText("orders-api", `  templates: [{template: t, version: 1, parameters: {${parameters}}}]\n`);
const QUEUE = '  parameters: {q: {}}\n  grants: [{sqs: {queue: "${param.q}", allow: [send]}}]\n';

interface BadInput {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** Place, message and fix of the first problem. */
  readonly problem: RegExp;
}

const BAD_INPUTS: readonly BadInput[] = [
  {
    what: "two profiles that contradict each other",
    files: {
      "platform/a.yaml": profileText("a", "{rules: {ACT-002: block}}"),
      "platform/b.yaml": profileText("b", "{rules: {ACT-002: off}}"),
    },
    problem: /^platform\/b\.yaml:4:\d+ .*ACT-002.*platform\/a\.yaml:4:\d+.* → /,
  },
  {
    what: "a profile that makes a rule unwaivable and off",
    files: {
      "platform/a.yaml": profileText(
        "a",
        "{selector: {namespaces: [orders]}, rules: {RES-001: off}, unwaivable: [RES-001]}",
      ),
    },
    problem: /^platform\/a\.yaml:4:\d+ RES-001 is off and unwaivable in one profile → /,
  },
  {
    what: "a Team that names no account",
    files: { "platform/orders.yaml": teamText("orders", "accounts: [], functions: ['orders-*']") },
    problem: /^platform\/orders\.yaml:4:\d+ the list is empty → name at least one$/,
  },
  {
    what: "overlapping patterns of functions",
    files: {
      "platform/orders.yaml": teamText("orders", ORDERS),
      "platform/ops.yaml": teamText("ops", "accounts: [prod], functions: ['orders-a*']"),
    },
    problem: /^platform\/(ops|orders)\.yaml:4:\d+ .*(orders|ops).* → /,
  },
  {
    what: "a template that uses itself",
    files: {
      "platform/orders.yaml": teamText("orders", ORDERS),
      "platform/t.yaml": templateText("t", 1, "  templates: [{template: t, version: 1}]\n"),
      "teams/orders/orders-api.yaml": using(""),
    },
    problem: /^platform\/t\.yaml:6:3 a GrantTemplate uses no other template → /,
  },
  ...["a:b", "../b", "arn:aws:sqs:eu-west-1:999999999999:b", "b*", "${account.id}"].map(
    (value): BadInput => ({
      what: `a parameter that would break out of an ARN: ${value}`,
      files: {
        "platform/orders.yaml": teamText("orders", ORDERS),
        "platform/t.yaml": templateText("t", 1, QUEUE.replace('"${param.q}"', '"orders-${param.q}"')),
        "teams/orders/orders-api.yaml": using(`q: ${JSON.stringify(value)}`),
      },
      problem: /^teams\/orders\/orders-api\.yaml:6:\d+ .*(parameter|value).* → /,
    }),
  ),
  {
    what: "a share to a team that does not exist",
    files: {
      "platform/orders.yaml": teamText(
        "orders",
        `${ORDERS}, shares: [{with: paymnts, resources: [orders-x]}]`,
      ),
    },
    problem: /^platform\/orders\.yaml:4:\d+ .*"paymnts", did you mean payments\? → /,
  },
  {
    what: "a waiver for a rule that a profile makes unwaivable",
    files: {
      "platform/orders.yaml": teamText("orders", ORDERS),
      "platform/a.yaml": profileText("a", "{unwaivable: [RES-001]}"),
      "teams/orders/orders-api.yaml": functionText("orders-api"),
      "platform/w.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: w}
spec: {rule: RES-001, binding: orders/orders-api@prod/eu-west-1, reason: x, owner: dana, until: "2026-12-01T00:00:00Z"}
`,
    },
    problem: /^platform\/w\.yaml:\d+:\d+ no waiver lifts RES-001 here: .*platform\/a\.yaml:4:\d+.* → /,
  },
];

describe("bad input", () => {
  test.each(BAD_INPUTS)(
    "$what: has its place and its fix, and the other team goes on",
    ({ files, problem }) => {
      const found = compileTexts({ ...OTHER_TEAM, ...files });

      expect(diagnosticTexts(found)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
      expect(found.desired.bindings.get(OTHER)).toEqual(
        compileTexts({ ...OTHER_TEAM }).desired.bindings.get(OTHER),
      );
      expect(found.invalid.has(OTHER)).toBe(false);
    },
  );
});
