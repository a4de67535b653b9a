import { describe, expect, test } from "@jest/globals";
import { RULES } from "../../../../src/guard/table.ts";
import { ESCALATION_RULES } from "../../../../src/iam/risk/escalation-paths.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

const waiver = (rule: string, binding = "orders/a@prod/eu-west-1"): string =>
  `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: w}
spec:
  rule: ${rule}
  binding: ${binding}
  reason: x
  owner: dana
  until: 2027-01-01T00:00:00Z
`;

function compiled(text: string, files: Readonly<Record<string, string>> = { [FILE]: functionText("a") }) {
  const compilation = compileTexts({ ...files, "platform/w.yaml": text });
  return { problems: diagnosticTexts(compilation), waivers: compilation.desired.waivers };
}

describe("the rule of a waiver", () => {
  test.each([
    { rule: "RES-OO1", message: 'unknown guard rule "RES-OO1", did you mean RES-001?' },
    { rule: "ESC-PassRoles", message: 'unknown guard rule "ESC-PassRoles", did you mean ESC-PassRole?' },
    { rule: "ZZZ-999", message: 'unknown guard rule "ZZZ-999"' },
  ])("$rule is an error: $message", ({ rule, message }) => {
    expect(compiled(waiver(rule))).toEqual({
      problems: [
        `platform/w.yaml:5:9 ${message} → write the id that validate prints with the finding, such as RES-001`,
      ],
      waivers: [],
    });
  });

  test.each(["TRU-002", "TEN-001", "TEN-004"])(
    "is an error if it is %s, which no waiver can lift",
    (rule) => {
      expect(compiled(waiver(rule))).toEqual({
        problems: [
          `platform/w.yaml:5:9 no waiver lifts ${rule} → remove the waiver, and change what the rule refuses`,
        ],
        waivers: [],
      });
    },
  );

  test.each([...RULES.map(({ id }) => id), ...ESCALATION_RULES].filter((id) => !/\*|TRU-002|TEN-/.test(id)))(
    "may be %s",
    (rule) => {
      expect(compiled(waiver(rule))).toMatchObject({ problems: [], waivers: [{ rule }] });
    },
  );
});

describe("the binding of a waiver", () => {
  test.each([
    { binding: "orders/b@prod/eu-west-1", because: "the name does not exist" },
    { binding: "payments/a@prod/eu-west-1", because: "the binding belongs to another team" },
    { binding: "orders/a@prod/us-east-1", because: "the region differs" },
  ])("$binding is an error and permits nothing: $because", ({ binding }) => {
    expect(compiled(waiver("RES-001", binding))).toEqual({
      problems: [
        `platform/w.yaml:6:12 the waiver is for ${binding}, which no manifest declares → remove the waiver, or correct its binding`,
      ],
      waivers: [],
    });
  });

  test.each([
    { text: functionText("a", "  grants: [{dynamo: {}}]\n"), because: "its manifest is invalid" },
    { text: "a: [\n", because: "its file can't be read and may declare it" },
  ])("is not reported although $because, since one mistake is one problem", ({ text }) => {
    const { problems, waivers } = compiled(waiver("RES-001"), { [FILE]: text });

    expect(problems).toEqual([expect.stringMatching(/^teams\/orders\/a.yaml:/)]);
    expect(waivers.length).toBe(1);
  });
});
