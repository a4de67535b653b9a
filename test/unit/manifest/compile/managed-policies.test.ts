import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, only, policyOf, MANAGED } from "./compilation.ts";

describe("the compilation of managed policies", () => {
  test("puts a team's policy under our name in each account that refers to it", () => {
    const compilation = compileTexts({
      "platform/staging.yaml": accountText("staging", "111111111111"),
      "teams/orders/p.yaml": MANAGED,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });
    const key = "policy/222222222222/orders/audit-read";

    expect([...compilation.desired.policies.keys()].filter((one) => one.includes("/orders/"))).toEqual([key]);
    expect(policyOf(compilation, key)).toMatchObject({
      policyName: "gk_orders_audit-read",
      path: "/grantkeeper/",
      arn: "arn:aws:iam::222222222222:policy/grantkeeper/gk_orders_audit-read",
      use: "attach",
      description: "Reads",
      tags: [
        { key: "grantkeeper.dev/instance", value: "test-1" },
        { key: "grantkeeper.dev/owner", value: "orders/audit-read" },
      ],
      document: { statements: [{ statement: { Resource: "arn:aws:s3:::audit-prod/*" } }] },
    });
    expect(only(compilation).role.attachments).toMatchObject([
      {
        arn: "arn:aws:iam::222222222222:policy/grantkeeper/gk_orders_audit-read",
        policy: key,
        origin: { line: 6 },
      },
    ]);
    expect(compilation.fileKeys["teams/orders/p.yaml"]).toEqual([key]);
  });

  test("reads platform/NAME as the platform's and an ARN as AWS's, and sorts attachments", () => {
    const compilation = compileTexts({
      "platform/p.yaml": MANAGED,
      [FILE]: functionText(
        "a",
        '  managedPolicies: [platform/audit-read, "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]\n',
      ),
    });

    expect(only(compilation).role.attachments.map(({ arn, policy }) => ({ arn, policy }))).toEqual([
      {
        arn: "arn:aws:iam::222222222222:policy/grantkeeper/gk_platform_audit-read",
        policy: "policy/222222222222/platform/audit-read",
      },
      { arn: "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess", policy: null },
    ]);
  });

  test("declares a boundary without our tags in each account that names it", () => {
    const policy = policyOf(compileTexts({}), "policy/222222222222/platform/platform-default");

    expect(policy).toMatchObject({
      use: "boundary",
      policyName: "platform-default",
      arn: "arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default",
      tags: [],
    });
    expect(policy?.document.statements.map(({ statement }) => statement.Action)).toEqual([
      ["dynamodb:*", "logs:*"],
    ]);
  });

  test.each([
    {
      spec: "  managedPolicies: [audit-raed]\n",
      message:
        'unknown ManagedPolicy "audit-raed" → did you mean "audit-read"? Otherwise declare it in orders\'s folder, or write platform/NAME for one of the platform',
    },
    {
      spec: "  managedPolicies: [platform/platform-default]\n",
      message:
        "platform/platform-default is a boundary → write it as role.boundary; it grants nothing when attached",
    },
    {
      spec: '  managedPolicies: ["arn:aws-cn:iam::aws:policy/X"]\n',
      message:
        '"arn:aws-cn:iam::aws:policy/X" is in partition aws-cn; account prod is in aws → write arn:aws:…',
    },
    {
      spec: "  role: {boundary: platform-defualt}\n",
      message:
        "platform-defualt is not a boundary of account prod, did you mean platform-default? → remove role.boundary, so that the default of the account applies, or write one of its own: platform-default",
    },
  ])("$message", ({ spec, message }) => {
    const compilation = compileTexts({ "teams/orders/p.yaml": MANAGED, [FILE]: functionText("a", spec) });

    expect(diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""))).toEqual([message]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("hides the policies of one team from another", () => {
    const compilation = compileTexts({
      "teams/payments/p.yaml": MANAGED,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect(diagnosticTexts(compilation)[0]).toContain('unknown ManagedPolicy "audit-read" →');
  });

  test.each([
    {
      spec: "{grants: [{dynamodb: {table: orders, allow: [read]}}]}",
      message: "table must be a full ARN: a ManagedPolicy has no region → write arn:aws:…",
    },
    {
      spec: "{grants: [{rds: {resourceId: db-A, user: a, allow: [connect]}}]}",
      message: "rds needs a region, and a ManagedPolicy has none → grant it in the FunctionPermission",
    },
    {
      spec: '{grants: [{s3: {bucket: "a-${region}", allow: [read]}}]}',
      message: "${region} can't be used here → a ManagedPolicy belongs to an account: write the region",
    },
    {
      spec: '{grants: [{s3: {bucket: "a-${function}", allow: [read]}}]}',
      message: "${function} can't be used here → a ManagedPolicy belongs to an account: write the function",
    },
    { spec: "{}", message: "the policy is empty → write document, or grants, statements and templates" },
    {
      spec: '{grants: [], document: {Version: "2012-10-17", Statement: [{}]}}',
      message:
        "a policy has either a document or grants, statements and templates → write document, or grants, statements and templates",
    },
    {
      spec: '{document: {Version: "2008-10-17", Statement: [{}]}}',
      message: 'unknown value "2008-10-17" for spec.document.Version → write 2012-10-17',
    },
    {
      spec: "{use: boundary, statements: []}",
      message: "a boundary is the platform's → move it to platform/",
    },
    {
      spec: '{document: {Version: "2012-10-17", Statement: [{Sid: x, Effect: Allow, Action: "a:B", Resource: "*"}]}}',
      message: "a Sid is not for authors: ours comes from the content → remove it",
    },
  ])("$message", ({ spec, message }) => {
    const text = `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec: ${spec}\n`;
    const used = compileTexts({
      "teams/orders/p.yaml": text,
      [FILE]: functionText("a", "  managedPolicies: [p]\n"),
    });
    const unused = compileTexts({ "teams/orders/p.yaml": text });

    expect(diagnosticTexts(used).map((line) => line.replace(/^\S+ /, ""))).toContain(message);
    expect(diagnosticTexts(unused).map((line) => line.replace(/^\S+ /, ""))).toContain(message);
    expect([...used.invalid.keys()]).toContain("policy/222222222222/orders/p");
  });

  test("keeps the users of an invalid policy, whose ARN follows from its name", () => {
    const broken = MANAGED.replace("bucket:", "buckt:");
    const compilation = compileTexts({
      "teams/orders/p.yaml": broken,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect(only(compilation).role.attachments.length).toBe(1);
    expect([...compilation.invalid.keys()]).toEqual(["policy/222222222222/orders/audit-read"]);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test("rejects a name of more than 128 characters", () => {
    const name = "p".repeat(63);
    const long = `${name}.${name}.p`;
    const compilation = compileTexts({
      "teams/orders/p.yaml": MANAGED.replace("audit-read", long),
      [FILE]: functionText("a", `  managedPolicies: [${long}]\n`),
    });

    expect(diagnosticTexts(compilation)[0]).toContain(
      "has 139 characters, IAM takes 128 → choose a shorter name",
    );
  });
});
