import { describe, expect, test } from "@jest/globals";
import type { Compilation } from "../../../src/manifest/compile/compile.ts";
import { policyWithoutExpired, withoutExpired } from "../../../src/judge/expiry.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const KEY = "function/222222222222/eu-west-1/orders/a" as Key;

function only(compilation: Compilation): DesiredBinding {
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding;
}

function bindingOf(spec = "", name = "a"): DesiredBinding {
  return only(compileTexts({ [FILE]: functionText(name, spec) }));
}

function policyOf(compilation: Compilation, key: string): DesiredPolicy | undefined {
  return [...compilation.desired.policies.values()].find((policy) => policy.key === key);
}

const MANAGED = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: audit-read}
spec: {description: Reads, grants: [{s3: {bucket: "audit-\${account.name}", allow: [read]}}]}
`;

const waiver = (
  binding: string,
  until = "2027-01-01T00:00:00Z",
): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: ord-77}
spec: {rule: RES-001, binding: "${binding}", reason: x, owner: dana, until: ${until}}
`;

describe("the defaults of a binding", () => {
  test("the smallest manifest is a role with its logs below /grantkeeper/, in the more cautious mode", () => {
    const binding = bindingOf();

    expect(binding).toMatchObject({
      key: KEY,
      functionName: "a",
      functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:a",
      mode: "enforce",
      functionRole: "verify",
      logGroup: "/aws/lambda/a",
      callers: [],
      undeclaredCallers: "report",
      deletionPolicy: "retain",
      role: {
        name: "a-eu-west-1",
        path: "/grantkeeper/",
        arn: "arn:aws:iam::222222222222:role/grantkeeper/a-eu-west-1",
        boundary: { arn: "arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default" },
        attachments: [],
        description: "",
        maxSessionSeconds: 3600,
        tags: [
          { key: "grantkeeper.dev/instance", value: "test-1" },
          { key: "grantkeeper.dev/owner", value: "orders/a" },
        ],
      },
    });
    expect(binding.role.inline.statements.map(({ source }) => source)).toEqual([
      { kind: "implicit", grant: "logs" },
    ]);
  });

  test.each([
    { account: "observe", manifest: "enforce", mode: "observe" },
    { account: "enforce", manifest: "observe", mode: "observe" },
    { account: "enforce", manifest: "enforce", mode: "enforce" },
  ])("account $account and manifest $manifest: $mode", ({ account, manifest, mode }) => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace(
        "mode: enforce",
        `mode: ${account}`,
      ),
      [FILE]: functionText("a", `  mode: ${manifest}\n`),
    });

    expect(only(compilation).mode).toBe(mode);
  });

  test("functionRole is manage only where account and manifest both say so", () => {
    const managing = accountText(
      "prod",
      "222222222222",
      '  functionRole: manage\n  binder: {role: "arn:aws:iam::222222222222:role/b", externalId: gk-test}\n',
    );
    const both = compileTexts({
      "platform/accounts.yaml": managing,
      [FILE]: functionText("a", "  functionRole: manage\n"),
    });
    const accountAlone = compileTexts({ "platform/accounts.yaml": managing, [FILE]: functionText("a") });

    expect(only(both).functionRole).toBe("manage");
    expect(only(accountAlone).functionRole).toBe("verify");
    expect(bindingOf("  functionRole: manage\n").functionRole).toBe("verify");
  });

  test("what is written replaces the defaults", () => {
    const binding = bindingOf(`  function: shop-a
  role:
    path: /grantkeeper/orders/
    name: "\${function}-x"
    description: Orders
    maxSessionDuration: 90m
    tags: {cost-center: "\${namespace}"}
    boundary: platform-default
  logs: {group: "/acme/\${name}", create: false}
  undeclaredCallers: remove
  deletionPolicy: delete
`);

    expect(binding.functionName).toBe("shop-a");
    expect(binding.role).toMatchObject({
      arn: "arn:aws:iam::222222222222:role/grantkeeper/orders/shop-a-x",
      description: "Orders",
      maxSessionSeconds: 5400,
    });
    expect(binding.role.tags[0]).toEqual({ key: "cost-center", value: "orders" });
    expect(binding.logGroup).toBe("/acme/a");
    expect(binding.role.inline.statements[0]?.statement.Action).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
    expect([binding.undeclaredCallers, binding.deletionPolicy]).toEqual(["remove", "delete"]);
  });

  test("without logs and grants the inline document is empty", () => {
    const binding = bindingOf("  logs: false\n");

    expect(binding.logGroup).toBeNull();
    expect(binding.role.inline.statements).toEqual([]);
  });

  test.each([
    { length: 54, name: `${"f".repeat(54)}-eu-west-1`, because: "64 characters are what IAM takes" },
    {
      length: 55,
      name: `${"f".repeat(55)}-c5bbbef7`,
      because: "one more is cut at 55, with the hash of the whole",
    },
  ])("a function's name of $length: $because", ({ length, name }) => {
    const binding = bindingOf("", "f".repeat(length));

    expect(binding.role.name.length).toBeLessThanOrEqual(64);
    expect(binding.role.name.slice(0, 55)).toBe(name.slice(0, 55));
  });

  test("one binding an account and region", () => {
    const compilation = compileTexts({
      "platform/staging.yaml": accountText("staging", "111111111111"),
      [FILE]: functionText("a").replace(
        "[{accounts: [prod], regions: [eu-west-1]}]",
        "[{accounts: [staging, prod], regions: [eu-west-1, us-east-1]}]",
      ),
    });

    expect([...compilation.desired.bindings.keys()]).toEqual([
      "function/111111111111/eu-west-1/orders/a",
      "function/111111111111/us-east-1/orders/a",
      "function/222222222222/eu-west-1/orders/a",
      "function/222222222222/us-east-1/orders/a",
    ]);
    expect(compilation.fileKeys[FILE]).toEqual([...compilation.desired.bindings.keys()]);
  });
});

describe("the inline document", () => {
  test("every Sid is alphanumeric, tells grant and verb, and the statements are sorted by it", () => {
    const { statements } = bindingOf(
      "  tracing: true\n  vpc: true\n  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n",
    ).role.inline;
    const sids = statements.map(({ statement }) => statement.Sid ?? "");

    expect(sids.map((sid) => sid.slice(0, -8))).toEqual([
      "DynamodbRead",
      "DynamodbRead",
      "DynamodbWrite",
      "LogsOwn",
      "TracingSend",
      "VpcAttach",
      "VpcAttach",
    ]);
    expect(sids).toEqual([...sids].sort());
    expect(sids.every((sid) => /^[A-Za-z]+[0-9a-f]{8}$/.test(sid))).toBe(true);
  });

  test("vpc: the service may make network interfaces, the function's code may not", () => {
    const { statements } = bindingOf("  vpc: true\n  logs: false\n").role.inline;
    const deny = statements.find(({ statement }) => statement.Effect === "Deny")?.statement;
    const allow = statements.find(({ statement }) => statement.Effect === "Allow")?.statement;

    expect(deny?.Action).toEqual(allow?.Action);
    expect(deny?.Condition).toEqual({
      ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:222222222222:function:a" },
    });
  });

  test("identical statements stand once, with the origin of the first", () => {
    const grant = "    - sns: {topic: a, allow: [publish]}\n";
    const { statements } = bindingOf(`  logs: false\n  grants:\n${grant}${grant}`).role.inline;

    expect(statements.map(({ origin }) => origin.line)).toEqual([8]);
  });

  test("until ends the statement in AWS itself, under a Sid of its own", () => {
    const { statements } = bindingOf(`  logs: false
  grants:
    - events: {bus: main, allow: [put], source: [orders]}
      until: 2026-12-31T01:00:00+01:00
      reason: INC-3312
    - events: {bus: main, allow: [put], source: [orders]}
`).role.inline;
    const ending = statements.find(({ until }) => until !== null);

    expect(statements.length).toBe(2);
    expect(ending).toMatchObject({
      until: "2026-12-31T00:00:00Z",
      reason: "INC-3312",
      source: { kind: "grant", grant: "events", verb: "put" },
    });
    expect(ending?.statement.Condition).toEqual({
      DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" },
      "ForAllValues:StringEquals": { "events:source": ["orders"] },
      Null: { "events:source": "false" },
    });
  });

  test("a hand-written statement keeps its meaning, in our order", () => {
    const { statements } = bindingOf(`  logs: false
  statements:
    - reason: "ORD-77: no grant yet"
      until: 2027-03-01T00:00:00Z
      statement:
        Resource: ["arn:aws:s3:::b/\${aws:username}/*", "arn:\${partition}:s3:::a-\${account.id}/*"]
        Condition: {StringEquals: {"aws:PrincipalOrgID": o-1, "aws:Foo": x}, DateLessThan: {"aws:TokenIssueTime": "2030-01-01T00:00:00Z"}}
        Action: ["s3:PutObject", "s3:GetObject", "s3:GetObject"]
        Effect: Allow
    - reason: x
      statement: {Effect: Deny, NotAction: "s3:*", NotResource: "arn:aws:s3:::b/*"}
`).role.inline;

    expect(
      statements.map(({ statement }) => ({ ...statement, Sid: (statement.Sid ?? "").slice(0, -8) })),
    ).toEqual([
      {
        Sid: "StatementAllow",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: ["arn:aws:s3:::a-222222222222/*", "arn:aws:s3:::b/${aws:username}/*"],
        Condition: {
          DateLessThan: {
            "aws:CurrentTime": "2027-03-01T00:00:00Z",
            "aws:TokenIssueTime": "2030-01-01T00:00:00Z",
          },
          StringEquals: { "aws:Foo": "x", "aws:PrincipalOrgID": "o-1" },
        },
      },
      { Sid: "StatementDeny", Effect: "Deny", NotAction: "s3:*", NotResource: "arn:aws:s3:::b/*" },
    ]);
    expect(statements[0]).toMatchObject({
      reason: "ORD-77: no grant yet",
      source: { kind: "statement" },
      origin: { line: 10 },
    });
  });

  test("the Sid of equal content does not depend on the order of its lists", () => {
    const sid = (actions: string): string | undefined =>
      bindingOf(
        `  logs: false\n  statements: [{reason: x, statement: {Effect: Allow, Action: [${actions}], Resource: "*"}}]\n`,
      ).role.inline.statements[0]?.statement.Sid;

    expect(sid("'a:B', 'a:C'")).toBe(sid("'a:C', 'a:B'"));
  });
});

describe("substitution", () => {
  test.each([
    { text: "${account.vars.ordersTable}", table: "orders-prod" },
    { text: "${account.id}.${account.name}", table: "222222222222.prod" },
    { text: "${region}_${partition}_${namespace}_${name}_${function}", table: "eu-west-1_aws_orders_a_a" },
  ])("$text is $table", ({ text, table }) => {
    const { statements } = bindingOf(
      `  logs: false\n  grants: [{dynamodb: {table: "${text}", allow: [delete]}}]\n`,
    ).role.inline;

    expect(statements[0]?.statement.Resource).toBe(`arn:aws:dynamodb:eu-west-1:222222222222:table/${table}`);
  });

  test.each([
    {
      text: "${account.vars.orderTable}",
      says: 'unknown variable ${account.vars.orderTable} in account prod → did you mean "account.vars.ordersTable"? known here: account.id, account.name, account.vars.ordersTable, function, name, namespace, partition, region',
    },
    {
      text: "${constructor}",
      says: "unknown variable ${constructor} in account prod → known here: account.id, account.name, account.vars.ordersTable, function, name, namespace, partition, region",
    },
    { text: "${name", says: '"${name" opens ${ and does not close it → write }' },
    {
      text: "${aws:username}",
      says: '"${aws:username}" is not a DynamoDB table: its name or its full ARN (from "${aws:username}") → it must be like orders after substitution',
    },
    { text: "xyz", says: "" },
  ])("$text in a table's name: $says", ({ text, says }) => {
    const compilation = compileTexts({
      [FILE]: functionText("a", `  grants: [{dynamodb: {table: "${text}", allow: [delete]}}]\n`),
    });

    expect(diagnosticTexts(compilation)).toEqual(says === "" ? [] : [`${FILE}:6:31 ${says}`]);
    expect([...compilation.invalid.keys()]).toEqual(says === "" ? [] : [KEY]);
  });

  test("a value can't break out of its field", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace("orders-prod", '"x/index/y"'),
      [FILE]: functionText(
        "a",
        '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [delete]}}]\n',
      ),
    });

    expect(diagnosticTexts(compilation)[0]).toContain('"x/index/y" is not a DynamoDB table');
    expect(compilation.desired.bindings.size).toBe(0);
  });

  test("IAM's own variables pass in a statement, and ours that are unknown do not", () => {
    const text = (resource: string): Compilation =>
      compileTexts({
        [FILE]: functionText(
          "a",
          `  statements: [{reason: x, statement: {Effect: Allow, Action: "s3:GetObject", Resource: "${resource}"}}]\n`,
        ),
      });

    expect(text("arn:aws:s3:::a/${aws:PrincipalTag/team}/${*}${?}${$}").diagnostics).toEqual([]);
    expect(diagnosticTexts(text("arn:aws:s3:::${bucket}/*"))[0]).toContain("unknown variable ${bucket}");
  });

  test("spec.function can't name itself", () => {
    const compilation = compileTexts({ [FILE]: functionText("a", '  function: "${function}-x"\n') });

    expect(diagnosticTexts(compilation)).toEqual([
      `${FILE}:6:13 \${function} can't be used here → spec.function can't name itself`,
    ]);
  });

  test("the function's name may be composed, and be used by the rest", () => {
    const binding = bindingOf('  function: "${namespace}-${name}"\n');

    expect(binding.functionName).toBe("orders-a");
    expect(binding.role.name).toBe("orders-a-eu-west-1");
  });
});

describe("managed policies", () => {
  test("a team's policy stands in each account where something refers to it, under our name", () => {
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

  test("platform/NAME is the platform's, an ARN is AWS's; attachments are sorted", () => {
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

  test("a boundary is declared in each account that names it, without marks of ours", () => {
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
      says: 'unknown ManagedPolicy "audit-raed", did you mean audit-read? → declare it in orders\'s folder, or write platform/NAME for one of the platform',
    },
    {
      spec: "  managedPolicies: [platform/platform-default]\n",
      says: "platform/platform-default is a boundary → write it as role.boundary; it grants nothing when attached",
    },
    {
      spec: '  managedPolicies: ["arn:aws-cn:iam::aws:policy/X"]\n',
      says: '"arn:aws-cn:iam::aws:policy/X" is in partition aws-cn; account prod is in aws → write arn:aws:…',
    },
    {
      spec: "  role: {boundary: platform-defualt}\n",
      says: "platform-defualt is no boundary of account prod, did you mean platform-default? → it has: platform-default",
    },
  ])("$says", ({ spec, says }) => {
    const compilation = compileTexts({ "teams/orders/p.yaml": MANAGED, [FILE]: functionText("a", spec) });

    expect(diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""))).toEqual([says]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("one team does not see another's policies", () => {
    const compilation = compileTexts({
      "teams/payments/p.yaml": MANAGED,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect(diagnosticTexts(compilation)[0]).toContain('unknown ManagedPolicy "audit-read" →');
  });

  test.each([
    {
      spec: "{grants: [{dynamodb: {table: orders, allow: [read]}}]}",
      says: "table must be a full ARN: a ManagedPolicy has no region → write arn:aws:…",
    },
    {
      spec: "{grants: [{rds: {resourceId: db-A, user: a, allow: [connect]}}]}",
      says: "rds needs a region, and a ManagedPolicy has none → grant it in the FunctionPermission",
    },
    {
      spec: '{grants: [{s3: {bucket: "a-${region}", allow: [read]}}]}',
      says: "${region} can't be used here → a ManagedPolicy belongs to an account: write the region",
    },
    {
      spec: '{grants: [{s3: {bucket: "a-${function}", allow: [read]}}]}',
      says: "${function} can't be used here → a ManagedPolicy belongs to an account: write the function",
    },
    { spec: "{}", says: "the policy is empty → write document, or grants and statements" },
    {
      spec: '{grants: [], document: {Version: "2012-10-17", Statement: [{}]}}',
      says: "a policy has either a document or grants and statements → write document, or grants and statements",
    },
    {
      spec: '{document: {Version: "2008-10-17", Statement: [{}]}}',
      says: 'unknown value "2008-10-17" for spec.document.Version → write 2012-10-17',
    },
    { spec: "{use: boundary, statements: []}", says: "a boundary is the platform's → move it to platform/" },
    {
      spec: '{document: {Version: "2012-10-17", Statement: [{Sid: x, Effect: Allow, Action: "a:B", Resource: "*"}]}}',
      says: "a Sid is not for authors: ours comes from the content → remove it",
    },
  ])("$says", ({ spec, says }) => {
    const text = `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec: ${spec}\n`;
    const used = compileTexts({
      "teams/orders/p.yaml": text,
      [FILE]: functionText("a", "  managedPolicies: [p]\n"),
    });
    const unused = compileTexts({ "teams/orders/p.yaml": text });

    expect(diagnosticTexts(used).map((line) => line.replace(/^\S+ /, ""))).toContain(says);
    expect(diagnosticTexts(unused).map((line) => line.replace(/^\S+ /, ""))).toContain(says);
    expect([...used.invalid.keys()]).toContain("policy/222222222222/orders/p");
  });

  test("users of an invalid policy go on: its ARN is known by its name", () => {
    const broken = MANAGED.replace("bucket:", "buckt:");
    const compilation = compileTexts({
      "teams/orders/p.yaml": broken,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect(only(compilation).role.attachments.length).toBe(1);
    expect([...compilation.invalid.keys()]).toEqual(["policy/222222222222/orders/audit-read"]);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test("a name past 128 characters is an error", () => {
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

describe("whose a document is", () => {
  test.each([
    {
      path: "teams/a.yaml",
      text: functionText("a"),
      says: "the file is in no team's folder → move it to teams/<namespace>/",
    },
    {
      path: "elsewhere/a.yaml",
      text: functionText("a"),
      says: "the file is outside the declared paths → move it below platform/ or teams/<namespace>/",
    },
    {
      path: "teams/platform/a.yaml",
      text: functionText("a"),
      says: "\"platform\" can't be a team's folder → rename the folder: lower-case letters, digits and -, and not platform",
    },
    {
      path: "teams/Orders/a.yaml",
      text: functionText("a"),
      says: "\"Orders\" can't be a team's folder → rename the folder: lower-case letters, digits and -, and not platform",
    },
    {
      path: "platform/a.yaml",
      text: functionText("a"),
      says: "a FunctionPermission belongs to a team → move it to teams/<namespace>/",
    },
    {
      path: "teams/orders/x.yaml",
      text: accountText("other", "333333333333"),
      says: "AwsAccount is read from platform/ only → move it there",
    },
    {
      path: "teams/orders/x.yaml",
      text: waiver("orders/a@prod/eu-west-1"),
      says: "Waiver is read from platform/ only → move it there",
    },
  ])("$path: $says", ({ path, text, says }) => {
    const compilation = compileTexts({ [path]: text });

    expect(diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""))).toEqual([says]);
    expect(compilation.desired.bindings.size).toBe(0);
    expect(compilation.desired.waivers).toEqual([]);
    expect([...compilation.desired.accounts.keys()]).toEqual(["222222222222"]);
  });

  test("a team's AwsAccount shadows nothing", () => {
    const compilation = compileTexts({
      "teams/a/x.yaml": accountText("prod", "333333333333"),
      [FILE]: functionText("a"),
    });

    expect(only(compilation).accountId).toBe("222222222222");
  });

  test("an empty file outside is nobody's business", () => {
    expect(compileTexts({ "teams/empty.yaml": "# nothing\n" }).diagnostics).toEqual([]);
  });

  test("teams may also lie below the platform's path", () => {
    const compilation = compileTexts(
      { "platform/teams/orders/a.yaml": functionText("a") },
      { tenantPath: "platform/teams" },
    );

    expect(only(compilation).namespace).toBe("orders");
  });

  test("one path may lie below the other, or be the whole repository", () => {
    const inner = compileTexts({ "teams/platform/x.yaml": MANAGED }, { platformPath: "teams/platform" });
    const whole = compileTexts({ "orders/a.yaml": functionText("a") }, { tenantPath: "" });

    expect(inner.objects.find((object) => object.name === "audit-read")?.namespace).toBe("platform");
    expect(only(whole).namespace).toBe("orders");
  });
});

describe("conflicts: neither is applied, what was applied before stays", () => {
  test.each([
    {
      other: functionText("b", "  function: a\n"),
      says: /^function a and role a-eu-west-1 of orders\/a@prod\/eu-west-1 are also claimed by orders\/b@prod\/eu-west-1 \(teams\/orders\/b.yaml:6:13\)/,
      because: "one function, and the role that is named after it, in one line",
    },
    {
      other: functionText("b", "  function: a\n  role: {name: other}\n"),
      says: /^function a of orders\/a@prod\/eu-west-1 is also claimed by orders\/b@prod\/eu-west-1/,
      because: "one function with roles of their own",
    },
    {
      other: functionText("b", "  role: {name: A-EU-WEST-1}\n"),
      says: /^role a-eu-west-1 of orders\/a@prod\/eu-west-1 is also claimed by orders\/b@prod\/eu-west-1/,
      because: "one role, without regard to case",
    },
    {
      other: functionText("b", "  function: a\n  mode: 3\n"),
      says: /^function a and role a-eu-west-1 of/,
      because: "a manifest that is invalid holds what it names all the same",
    },
  ])("$because", ({ other, says }) => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "teams/orders/b.yaml": other });
    const texts = diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""));

    expect(texts.some((text) => says.test(text))).toBe(true);
    expect([...compilation.invalid.keys()]).toEqual([KEY, "function/222222222222/eu-west-1/orders/b"]);
    expect(compilation.desired.bindings.size).toBe(0);
  });

  const appliedAs = (functionName: string, role: string) => ({
    accountId: "222222222222",
    region: "eu-west-1",
    functionName,
    role: { name: role },
  });
  const OTHER = "function/222222222222/eu-west-1/payments/b" as Key;

  test.each([
    { other: "  function: a\n", because: "its function and role" },
    { other: "  function: a\n  role: {name: other}\n", because: "its function" },
    { other: "  role: {name: A-EU-WEST-1}\n", because: "its role" },
    { other: "  function: a\n  mode: 3\n", because: "its function, in a document that is invalid" },
  ])("a binding that was applied keeps what another team claims: $because", ({ other }) => {
    const files = { [FILE]: functionText("a"), "teams/payments/b.yaml": functionText("b", other) };

    const compilation = compileTexts(files, { holders: new Map([[KEY, appliedAs("a", "a-eu-west-1")]]) });

    expect([...compilation.desired.bindings.keys()]).toEqual([KEY]);
    expect([...compilation.invalid.keys()]).toEqual([OTHER]);
    expect(compilation.diagnostics.every(({ origin }) => origin.file.startsWith("teams/payments/"))).toBe(
      true,
    );
  });

  test("what was applied with another function is no claim to this one", () => {
    const files = {
      [FILE]: functionText("a"),
      "teams/payments/b.yaml": functionText("b", "  function: a\n"),
    };
    const holders = new Map([
      [KEY, appliedAs("a", "a-eu-west-1")],
      [OTHER, appliedAs("b", "b-eu-west-1")],
    ]);

    expect([...compileTexts(files, { holders }).desired.bindings.keys()]).toEqual([KEY]);
  });

  test("one role for two regions", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a", "  role: {name: fixed}\n").replace("[eu-west-1]}", "[eu-west-1, us-east-1]}"),
    });

    expect(compilation.invalid.size).toBe(2);
  });

  test("two documents of one name are named with both places", () => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "teams/orders/b.yaml": functionText("a") });

    expect(diagnosticTexts(compilation)).toEqual([
      "teams/orders/a.yaml:3:18 FunctionPermission orders/a is declared again in teams/orders/b.yaml:3:18 → keep one of them",
      "teams/orders/b.yaml:3:18 FunctionPermission orders/a is declared again in teams/orders/a.yaml:3:18 → keep one of them",
    ]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("two accounts of one id or one name can't be used, and their bindings are invalid", () => {
    const id = compileTexts({
      "platform/b.yaml": accountText("again", "222222222222"),
      [FILE]: functionText("a"),
    });
    const name = compileTexts({
      "platform/b.yaml": accountText("prod", "333333333333"),
      [FILE]: functionText("a"),
    });

    expect(diagnosticTexts(id)[0]).toContain(
      "account 222222222222 is also again in platform/b.yaml:5:7 → keep one of them",
    );
    expect([...id.invalid.keys()]).toContain(KEY);
    expect([...name.desired.accounts.keys()]).toEqual([]);
    expect([...name.desired.bindings.keys()]).toEqual([]);
  });
});

describe("last good state: what a broken manifest still holds", () => {
  test("an invalid manifest names its keys, so that they fall back to what was applied", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a", "  mode: 3\n  managedPolicies: [platform/p]\n  role: 5\n"),
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY]);
    expect(compilation.invalid.get(KEY as never)?.map(({ code }) => code)).toEqual(["type", "type"]);
    expect(compilation.fileKeys[FILE]).toEqual([KEY]);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test.each([
    { text: functionText("a").replace("prod", "gone"), because: "its account is not known any more" },
    {
      text: functionText("a").replace("accounts: [prod]", "accounts: prod"),
      because: "its targets can't be read",
    },
    { text: functionText("a").replace("[prod]", "[prod, 3]"), because: "one of its accounts can't be read" },
    { text: functionText("a").replace("targets:", "target:"), because: "its targets are missing" },
    {
      text: functionText("a", "  mode: 3\n").replace("prod", "gone"),
      because: "it is invalid, and its account is not known",
    },
    {
      text: functionText("a", "  mode: 3\n").replace("eu-west-1", "eu"),
      because: "it is invalid, and its region is none",
    },
    { text: functionText("[]"), because: "its name can't be read" },
    { text: MANAGED.replace("name: audit-read", "nam: x"), because: "a policy's name can't be read" },
    { text: "kind: FunctionPermision\n", because: "its kind is not known" },
    { text: "a: [", because: "it is no YAML" },
  ])("a file of which a key can't be told still holds every key last seen in it: $because", ({ text }) => {
    const compilation = compileTexts({ [FILE]: text });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(compilation.desired.bindings.size).toBe(0);
    expect(compilation.diagnostics.filter(({ severity }) => severity === "error").length).toBeGreaterThan(0);
  });

  test("the readable keys of such a file are told beside it", () => {
    const compilation = compileTexts({
      [FILE]: `${functionText("a")}---\n${functionText("b").replace("prod", "gone")}`,
    });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(compilation.fileKeys[FILE]).toEqual([KEY]);
    expect([...compilation.desired.bindings.keys()]).toEqual([KEY]);
  });

  test("an invalid account deletes nothing: its bindings and policies are invalid", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace(
        "regions: [eu-west-1, us-east-1]",
        "regions: eu-west-1",
      ),
      "teams/orders/p.yaml": MANAGED,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY, "policy/222222222222/orders/audit-read"]);
    expect(compilation.invalid.get(KEY as never)?.[0]?.message).toBe(
      "account prod can't be used: its manifest has problems",
    );
    expect(compilation.desired.accounts.size).toBe(0);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test("a file that could not be read at all is broken, and has no keys of its own", () => {
    const compilation = compileTexts({ [FILE]: "a: 1\n---\n".repeat(2_000) });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(Object.hasOwn(compilation.fileKeys, FILE)).toBe(false);
  });
});

describe("accounts", () => {
  test("defaults and what is written", () => {
    const [account] = compileTexts({
      "platform/accounts.yaml": accountText(
        "prod",
        "222222222222",
        "  limits: {deletes: 1}\n  budgets: {iamRead: 5}\n  protectedPolicies: [Quarantine]\n  revert: {other: 1m}\n",
      ),
    }).desired.accounts.values();

    expect(account).toMatchObject({
      name: "prod",
      regions: ["eu-west-1", "us-east-1"],
      boundaries: ["arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default"],
      limits: { deletes: 1 },
      budgets: { iamRead: 5 },
      protectedPolicies: ["Quarantine"],
      revertOtherMs: 60_000,
      propagationWaitMs: 60_000,
      deleteQuietMs: 86_400_000,
      binder: null,
    });
  });

  test("under a simulated AWS the operator's times stand for all accounts", () => {
    const [account] = compileTexts(
      {},
      { simulator: { propagationWaitMs: 0, deleteQuietMs: 1, revertOtherMs: null } },
    ).desired.accounts.values();

    expect([account?.propagationWaitMs, account?.deleteQuietMs, account?.revertOtherMs]).toEqual([
      0, 1, 900_000,
    ]);
  });

  test("a policy that grants something is no boundary", () => {
    const compilation = compileTexts({
      "platform/p.yaml": MANAGED,
      "platform/accounts.yaml": accountText("prod", "222222222222", "  boundaries: [audit-read]\n"),
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/accounts.yaml:13:16 ManagedPolicy audit-read is no boundary → write use: boundary in it",
    ]);
  });

  test("an observing account needs neither writer nor boundary; its roles have none", () => {
    const text = accountText("prod", "222222222222")
      .replace("mode: enforce", "mode: observe")
      .replace(/ {2}writer.*\n/, "")
      .replace(/ {2}boundary.*\n/, "");
    const compilation = compileTexts({ "platform/accounts.yaml": text, [FILE]: functionText("a") });

    expect(only(compilation).role.boundary).toBeNull();
    const chosen = compileTexts({
      "platform/accounts.yaml": text,
      [FILE]: functionText("a", "  role: {boundary: platform-default}\n"),
    });
    expect(diagnosticTexts(chosen)[0]).toContain(
      "platform-default is no boundary of account prod → the account names none",
    );
  });

  test("another partition runs through every ARN", () => {
    const text = accountText("prod", "222222222222")
      .replaceAll("arn:aws:", "arn:aws-cn:")
      .replace("regions: [eu-west-1, us-east-1]", "partition: aws-cn\n  regions: [cn-north-1]");
    const compilation = compileTexts({
      "platform/accounts.yaml": text,
      [FILE]: functionText("a", "  grants: [{sqs: {queue: q, allow: [send], kmsKey: alias/q}}]\n").replace(
        "eu-west-1",
        "cn-north-1",
      ),
    });
    const binding = only(compilation);

    expect(binding.role.arn).toBe("arn:aws-cn:iam::222222222222:role/grantkeeper/a-cn-north-1");
    expect(JSON.stringify(binding.role.inline)).not.toContain("arn:aws:");
    expect(JSON.stringify(binding.role.inline)).toContain("sqs.cn-north-1.amazonaws.com.cn");
  });
});

describe("waivers and ends", () => {
  test("a waiver lifts one rule for one binding", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a"),
      "platform/w.yaml": waiver("orders/a@prod/eu-west-1"),
    });

    expect(compilation.desired.waivers).toMatchObject([
      { name: "ord-77", rule: "RES-001", binding: KEY, owner: "dana", until: "2027-01-01T00:00:00Z" },
    ]);
    expect(compilation.diagnostics).toEqual([]);
  });

  test.each([
    {
      text: waiver("orders/b@prod/eu-west-1"),
      severity: "error",
      says: "the waiver is for orders/b@prod/eu-west-1, which no manifest declares",
      waivers: 0,
    },
    {
      text: waiver("orders/a@prdo/eu-west-1"),
      severity: "error",
      says: "no binding orders/a@prdo/eu-west-1: unknown account prdo, did you mean prod?",
      waivers: 0,
    },
    {
      text: waiver("orders/a@prod/eu-west-1", "2026-01-01T00:00:00Z"),
      severity: "warning",
      says: "the waiver ended on 2026-01-01T00:00:00Z: RES-001 holds again",
      waivers: 1,
    },
    {
      text: waiver("orders"),
      severity: "error",
      says: '"orders" is not one binding: NAMESPACE/NAME@ACCOUNT/REGION',
      waivers: 0,
    },
  ])("$says", ({ text, severity, says, waivers }) => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "platform/w.yaml": text });

    expect(compilation.diagnostics.map((one) => [one.severity, one.message])).toEqual([[severity, says]]);
    expect(compilation.desired.waivers.length).toBe(waivers);
  });

  const ENDED = "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-11-25T11:00:00Z}]\n";
  const HOUR_MS = 3_600_000;
  const END_MS = Date.parse("2026-11-25T11:00:00Z");

  test("a past until is a warning: its statement is still compiled, the rest goes on", () => {
    const compilation = compileTexts({ [FILE]: functionText("a", ENDED) });

    expect(compilation.diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ["warning", "this ended on 2026-11-25T11:00:00Z"],
    ]);
    expect(only(compilation).role.inline.statements.length).toBe(2);
  });

  test.each([
    { nowMs: END_MS + HOUR_MS - 1, statements: 2, because: "within the grace it stays" },
    { nowMs: END_MS + HOUR_MS, statements: 1, because: "after the grace it goes" },
  ])("withoutExpired: $because", ({ nowMs, statements }) => {
    const binding = bindingOf(ENDED);

    expect(withoutExpired(binding, nowMs, HOUR_MS).role.inline.statements.length).toBe(statements);
  });

  test("what does not end is the same object", () => {
    const binding = bindingOf();

    expect(withoutExpired(binding, Number.MAX_SAFE_INTEGER, 0)).toBe(binding);
  });

  test("a ManagedPolicy's statements end likewise", () => {
    const compilation = compileTexts({
      "teams/orders/p.yaml": MANAGED.replace("}}]}", "}, until: 2026-11-25T11:00:00Z}]}"),
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });
    const policy = policyOf(compilation, "policy/222222222222/orders/audit-read");
    if (policy === undefined) throw new Error("no policy");

    expect(compilation.diagnostics.map(({ code }) => code)).toEqual(["expired-grant"]);
    expect(policyWithoutExpired(policy, END_MS, 1).document.statements.length).toBe(1);
    expect(policyWithoutExpired(policy, END_MS, 0).document.statements).toEqual([]);
    expect(policyWithoutExpired(policy, END_MS, 1)).toBe(policy);
  });
});

describe("objects: every document as people know it", () => {
  test("valid and invalid ones, by file and line, with source text and keys", () => {
    const first = functionText("a");
    const compilation = compileTexts({ [FILE]: `${first}---\n${functionText("b", "  mode: 3\n")}` });
    const objects = compilation.objects.filter((object) => object.file === FILE);

    expect(
      objects.map(({ kind, namespace, name, line, keys }) => ({ kind, namespace, name, line, keys })),
    ).toEqual([
      { kind: "FunctionPermission", namespace: "orders", name: "a", line: 1, keys: [KEY] },
      {
        kind: "FunctionPermission",
        namespace: "orders",
        name: "b",
        line: 7,
        keys: ["function/222222222222/eu-west-1/orders/b"],
      },
    ]);
    expect(objects[0]?.sourceText.trim()).toBe(first.trim());
    expect(objects[0]?.document).toEqual({
      metadata: { name: "a" },
      spec: { targets: [{ accounts: ["prod"], regions: ["eu-west-1"] }] },
    });
    expect(compilation.objects.map(({ kind }) => kind)).toContain("AwsAccount");
  });
});
