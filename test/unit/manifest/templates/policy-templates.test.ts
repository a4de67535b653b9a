import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { templateText } from "../../../support/templates.ts";

const POLICY = "teams/orders/p.yaml";
const POLICY_KEY = "policy/222222222222/orders/p" as Key;
const TEMPLATE = "platform/worker.yaml";
const FILE = "teams/orders/a.yaml";

const WORKER = templateText(
  "worker",
  2,
  `  parameters:
    queue: {description: the queue, pattern: "arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[a-z-]+"}
  grants:
    - sqs: {queue: "\${param.queue}", allow: [consume]}
  statements:
    - reason: reads the files of the team
      statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::\${namespace}-\${account.name}/*"}
`,
);

/** `orders/p`, which `orders/a` attaches; `spec` is indented by two. */
function attached(spec: string, template = WORKER) {
  return compileTexts({
    [POLICY]: `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec:\n${spec}`,
    [FILE]: functionText("a", "  managedPolicies: [p]\n"),
    [TEMPLATE]: template,
  });
}

const QUEUE = "arn:aws:sqs:eu-west-1:222222222222:images";
const use = (parameters: string, version = 2): string =>
  `  templates:\n    - {template: worker, version: ${version}, parameters: {${parameters}}}\n`;

describe("a ManagedPolicy that uses a GrantTemplate", () => {
  test("has its grants and statements, with the place of the use and the line of the template", () => {
    const compilation = attached(use(`queue: "${QUEUE}"`));
    const policy = compilation.desired.policies.get(POLICY_KEY);

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(
      policy?.document.statements.map(({ statement, origin }) => [
        statement.Resource,
        `${origin.file}:${origin.line}`,
        origin.template,
      ]),
    ).toEqual([
      [QUEUE, `${POLICY}:6`, expect.objectContaining({ name: "worker@2", file: TEMPLATE, line: 9 })],
      ["arn:aws:s3:::orders-prod/*", `${POLICY}:6`, expect.objectContaining({ name: "worker@2", line: 12 })],
    ]);
  });

  test.each([
    {
      spec: use("queue: images"),
      problem: /p\.yaml:6:\d+ .*"images".*/,
      because: "a value misses the pattern of its parameter",
    },
    {
      spec: use("", 3),
      problem: /template worker has no version 3 → the newest is version: 2/,
      because: "there is no such version",
    },
    {
      spec: use("").replace(", version: 2", ""),
      problem: /template worker needs a version/,
      because: "it names no version",
    },
    {
      spec: use("").replace("worker", "wroker"),
      problem: /unknown GrantTemplate "wroker" → did you mean "worker"\?/,
      because: "there is no such template",
    },
    {
      spec: `${use(`queue: "${QUEUE}"`)}  document: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}\n`,
      problem: /a policy has either a document or grants, statements and templates/,
      because: "it has a document as well",
    },
  ])("is invalid if $because", ({ spec, problem }) => {
    const compilation = attached(spec);

    expect(diagnosticTexts(compilation)[0]).toMatch(problem);
    expect(compilation.desired.policies.has(POLICY_KEY)).toBe(false);
    expect(compilation.invalid.has(POLICY_KEY)).toBe(true);
  });

  test.each([
    { variable: "region", because: "a policy belongs to no region" },
    { variable: "function", because: "a policy belongs to no function" },
  ])("has an error at the use that names the line of the template, since $because", ({ variable }) => {
    const template = templateText(
      "worker",
      2,
      `  statements:
    - reason: r
      statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x-\${${variable}}/*"}
`,
    );
    const [problem] = diagnosticTexts(attached("  templates: [{template: worker, version: 2}]\n", template));

    expect(problem).toMatch(new RegExp(`^${POLICY}:5:16 .*\\$\\{${variable}\\} can't be used here`));
    expect(problem).toContain(TEMPLATE);
  });

  test("keeps its last applied state if the template has an error", () => {
    const compilation = attached(
      "  templates: [{template: worker, version: 2}]\n",
      templateText("worker", 2, "  grants: []\n"),
    );

    expect(diagnosticTexts(compilation).join("\n")).toContain(
      "template worker@2 can't be used: it has problems",
    );
    expect([...compilation.invalid.keys()]).toContain(POLICY_KEY);
  });
});
