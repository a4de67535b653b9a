import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, only, bindingOf } from "./compilation.ts";

describe("the defaults of a binding", () => {
  test("give the smallest manifest a role with its logs below /grantkeeper/ in the more cautious mode", () => {
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
  ])("of account $account and manifest $manifest are $mode", ({ account, manifest, mode }) => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace(
        "mode: enforce",
        `mode: ${account}`,
      ),
      [FILE]: functionText("a", `  mode: ${manifest}\n`),
    });

    expect(only(compilation).mode).toBe(mode);
  });

  test("set functionRole to manage only if account and manifest both do", () => {
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

  test("are replaced by the values of the manifest", () => {
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

  test("give an empty inline document without logs and grants", () => {
    const binding = bindingOf("  logs: false\n");

    expect(binding.logGroup).toBeNull();
    expect(binding.role.inline.statements).toEqual([]);
  });

  test.each([
    { length: 54, name: `${"f".repeat(54)}-eu-west-1`, because: "IAM accepts 64 characters" },
    {
      length: 55,
      name: `${"f".repeat(55)}-c5bbbef7`,
      because: "a longer name is cut at 55 characters and gets a hash of the complete name",
    },
  ])("name the role of a function's name of $length: $because", ({ length, name }) => {
    const binding = bindingOf("", "f".repeat(length));

    expect(binding.role.name.length).toBeLessThanOrEqual(64);
    expect(binding.role.name.slice(0, 55)).toBe(name.slice(0, 55));
  });

  test("give one binding to each account and region", () => {
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
