import { describe, expect, test } from "@jest/globals";
import { hoverAt } from "../../../../src/workbench/language/answers/hover.ts";
import { analysisOf, placeOf } from "../../../support/language/analysis.ts";
import { accountText } from "../../../support/manifests.ts";

const API = `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: api}
spec:
  targets: [{accounts: [prod, staging], regions: [eu-west-1]}]
  grants:
    - dynamodb: {table: "\${account.vars.ordersTable}", allow: [read, write], indexes: []}
      until: 2027-01-01T00:00:00Z # A comment.
    - s3: {bucket: uploads, allow: [delete]}
    - sqs: {queue: jobs, allow: [GetQueueAttributes]}
  statements:
    - reason: ORD-1
      statement: {Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}
  templates:
    - {template: worker, version: 1, parameters: {queue: jobs}}
  invokedBy:
    - s3: {bucket: uploads}
  dependsOn: [other]
`;
const OTHER = `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: other}
spec: {targets: [{accounts: [prod, staging], regions: [eu-west-1]}]}
`;
const WORKER = `apiVersion: grantkeeper.dev/v1alpha1
kind: GrantTemplate
metadata: {name: worker}
spec:
  version: 1
  description: reads a queue
  parameters: {queue: {description: its name}}
  grants: [{sqs: {queue: "\${param.queue}", allow: [consume]}}]
`;
const FILES = {
  "platform/staging.yaml": accountText("staging", "333333333333"),
  "platform/worker.yaml": WORKER,
  "teams/orders/api.yaml": API,
  "teams/orders/other.yaml": OTHER,
};

function hover(marked: string, text = API): string {
  const analysis = analysisOf({ ...FILES, "teams/orders/api.yaml": text });
  const found = hoverAt(analysis, "teams/orders/api.yaml", placeOf(text, marked));
  return found === null ? "" : (found.contents as { readonly value: string }).value;
}

describe("a grant", () => {
  test("shows the exact actions and the resources of each target", () => {
    const text = hover("- d|ynamodb");

    expect(text).toContain("Compiles to, in `prod/eu-west-1`, `staging/eu-west-1`:");
    expect(text).toContain("**write**: Allow `dynamodb:BatchWriteItem`, `dynamodb:ConditionCheckItem`");
    expect(text).toContain(
      "  - on `arn:aws:dynamodb:eu-west-1:222222222222:table/orders-prod` (`prod/eu-west-1`)\n" +
        "  - on `arn:aws:dynamodb:eu-west-1:333333333333:table/orders-staging` (`staging/eu-west-1`)\n" +
        "  - `if aws:CurrentTime DateLessThan 2027-01-01T00:00:00Z`",
    );
    expect(text).toContain("Risk: none of these actions is listed");
    expect(text).not.toContain("/index/");
  });

  test.each([
    {
      at: "[r|ead, write]",
      has: "**read**: Allow",
      lacks: "**write**",
      because: "a verb shows itself alone",
    },
    {
      at: "s|tatement: {",
      has: "Allow `iam:PassRole`\n  - on `*`\n\nRisk: **escalation**: may lead to more permissions.",
      lacks: "none of",
      because: "a risk has words",
    },
    {
      at: "[G|etQueueAttributes]",
      has: "Allow `sqs:GetQueueAttributes`\n",
      lacks: "SendMessage`\n  - on",
      because: "a single action",
    },
    {
      at: "template: w|orker",
      has: "Allow `sqs:ChangeMessageVisibility`",
      lacks: "dynamodb",
      because: "a use shows what the template grants here",
    },
    {
      at: "version: |1",
      has: "GrantTemplate `platform/worker@1`",
      lacks: "dynamodb",
      because: "and so does its version",
    },
    {
      at: "- s|3: {bucket: uploads}",
      has: "Lets in `s3.amazonaws.com` with `lambda:InvokeFunction`",
      lacks: "Risk",
      because: "a caller",
    },
    {
      at: "un|til:",
      has: "FunctionPermission `spec.grants[].until`",
      lacks: "Compiles",
      because: "another field is explained",
    },
  ])("$because", ({ at, has, lacks }) => {
    const text = hover(at);

    expect(text).toContain(has);
    expect(text).not.toContain(lacks);
  });

  test("of a manifest with an error shows no actions, but the error", () => {
    const text = hover("d|ynamodb", API.replace("allow: [delete]", "allow: [delet]"));

    expect(text).toMatch(/^This compiles to nothing, because of: `unknown value "delet"/);
    expect(text).not.toContain("Compiles to, in");
  });

  test("of a target with an error shows the other targets and the error", () => {
    const text = hover("d|ynamodb", API.replace("prod, staging", "prod, stagin"));

    expect(text).not.toContain("staging/eu-west-1");
    expect(text).toContain('affects compiles to nothing: `unknown account "stagin"');
  });

  test("of the second document of a file does not show the grants of the first one", () => {
    const second = OTHER.replace("}}\n", "}\n").replace(
      "spec: {targets: [{accounts: [prod, staging], regions: [eu-west-1]}]}",
      "spec:\n  targets: [{accounts: [prod], regions: [eu-west-1]}]\n  grants: [{ses: {identity: shop.example, allow: [send]}}]",
    );
    const text = hover("{s|es:", `${API}---\n${second.replace("name: other", "name: second")}`);

    expect(text).toContain("`ses:SendEmail`");
    expect(text).not.toContain("dynamodb");
  });
});

describe("a name", () => {
  test.each([
    { at: "[p|rod, staging]", has: "**AwsAccount `platform/prod`**, declared in `platform/accounts.yaml:3`" },
    { at: "[p|rod, staging]", has: 'id: "222222222222"' },
    { at: "prod, s|taging]", has: "declared in `platform/staging.yaml:3`" },
    { at: "template: |worker", has: 'description: "reads a queue"' },
    { at: "[o|ther]", has: "**FunctionPermission `orders/other`**, declared in `teams/orders/other.yaml:3`" },
  ])("$at shows $has", ({ at, has }) => {
    expect(hover(at)).toContain(has);
  });
});

test.each([
  { at: "k|ind:", has: "FunctionPermission `kind`" },
  { at: "met|adata", has: "FunctionPermission `metadata`" },
  { at: "reg|ions:", has: "`spec.targets[].regions` (list of strings, required)" },
])("$at is explained", ({ at, has }) => {
  expect(hover(at)).toContain(has);
});

test.each([
  { at: "# A com|ment.", because: "a comment" },
  { at: " | templates:", because: "the blanks before a field" },
])("$because has no hover", ({ at }) => {
  expect(hover(at)).toBe("");
});

test("a manifest that is no YAML has no hover, and no error", () => {
  expect(hover("d|ynamodb", API.replace("allow: [read, write]", "allow: [read, write"))).toBe("");
});

test("a hostile name cannot end its code", () => {
  const text = hover("d|ynamodb", API.replace("allow: [delete]", 'allow: ["`](command:evil) **x**"]'));

  expect(text).toMatch(/^This compiles to nothing, because of: `` unknown value .* ``\n/);
});
