import { describe, expect, test } from "@jest/globals";
import { observedAccount } from "../../../../src/model/aws/found-account.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const SET = "platform/set.yaml";
const TEMPLATE = `  template:
    regions: [eu-west-1, us-east-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
    writer: {role: "arn:aws:iam::\${account.id}:role/gk/writer", externalId: gk-2}
    boundary: platform-default
    vars: {stage: dev}
`;
const LISTED = `  accounts:
    - {name: orders-dev, id: "333333333333"}
    - {name: orders-prod, id: "444444444444", mode: enforce, vars: {stage: prod, table: t-1}}
`;
const WATCHED = `  organization:
    reader: {role: "arn:aws:iam::999999999999:role/gk/reader", externalId: gk-3}
    units: [ou-ab12-c3d4e5f6]
    tags: {env: dev}
    except: ["555555555555"]
`;

function setText(spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: workloads}
spec:
${spec}`;
}

describe("an account set that lists accounts", () => {
  const compilation = compileTexts({ [SET]: setText(LISTED + TEMPLATE) });

  test("declares each of them with the template and its own mode and variables", () => {
    expect(diagnosticTexts(compilation)).toEqual([]);
    const [dev, prod] = ["333333333333", "444444444444"].map((id) =>
      compilation.desired.accounts.get(id as AccountId),
    );
    expect(dev).toMatchObject({
      name: "orders-dev",
      mode: "observe",
      regions: ["eu-west-1", "us-east-1"],
      observer: { roleArn: "arn:aws:iam::333333333333:role/gk/observer", externalId: "gk-1" },
      boundary: "arn:aws:iam::333333333333:policy/grantkeeper-boundary/platform-default",
    });
    expect(prod).toMatchObject({
      name: "orders-prod",
      mode: "enforce",
      writer: { roleArn: "arn:aws:iam::444444444444:role/gk/writer" },
    });
    expect(compilation.desired.accountSets).toEqual([]);
  });

  test("gives functions an account by its name, with its variables before those of the template", () => {
    const spec =
      "  grants: [{dynamodb: {table: '${account.vars.table}-${account.vars.stage}', allow: [read]}}]\n";
    const text = functionText("a", spec).replace("prod", "orders-prod");
    const { desired } = compileTexts({ [SET]: setText(LISTED + TEMPLATE), "teams/orders/a.yaml": text });

    const [binding] = desired.bindings.values();
    expect(binding?.account).toBe("orders-prod");
    expect(JSON.stringify(binding?.role.inline)).toContain("table/t-1-prod");
  });

  test("shows the place of an account's mode where the set has it", () => {
    const account = compilation.desired.accounts.get("444444444444" as AccountId);

    expect(account?.modeOrigin).toEqual({ file: SET, line: 7, column: 53, path: "spec.accounts[1].mode" });
  });

  test("gives the same accounts as manifests of their own", () => {
    const own = ["333333333333", "444444444444"].map((id, index) =>
      setText(TEMPLATE)
        .replace("AccountSet", "AwsAccount")
        .replace("workloads", index === 0 ? "orders-dev" : "orders-prod")
        .replace("  template:\n", `    id: "${id}"\n${index === 0 ? "" : "    mode: enforce\n"}`)
        .replaceAll("${account.id}", id),
    );
    const alone = compileTexts({ "platform/own.yaml": own.join("---\n") });
    const plain = (accounts: ReadonlyMap<AccountId, object>) =>
      [...accounts.values()].map((account) => ({ ...account, origin: null, modeOrigin: null }));

    expect(plain(compilation.desired.accounts)).toEqual(plain(alone.desired.accounts));
  });
});

describe("a mistake in an account set", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "in the template is reported once, at its place",
      LISTED + TEMPLATE.replace("${account.id}:role/gk/writer", "111111111111:role/gk/writer"),
      [
        "platform/set.yaml:11:20 arn:aws:iam::111111111111:role/gk/writer is not a role of account 333333333333 → write arn:aws:iam::333333333333:role/…",
      ],
    ],
    [
      "of one account is reported at that account",
      LISTED.replace("444444444444", "4444") + TEMPLATE,
      ['platform/set.yaml:7:31 "4444" is not an account id of twelve digits → write it like "111122223333"'],
    ],
    [
      "that makes the set useless is reported",
      TEMPLATE,
      [
        "platform/set.yaml:5:3 the set has no accounts → write accounts: with name and id of each, or organization: with its reader",
      ],
    ],
    [
      "that gives all accounts of an organization one observer is refused",
      WATCHED + TEMPLATE.replace("${account.id}:role/gk/observer", "333333333333:role/gk/observer"),
      [
        "platform/set.yaml:12:22 every account of the organization would have the same observer → write ${account.id} for the account's id in the ARN",
      ],
    ],
    [
      "of the template is found without listed accounts too",
      WATCHED + TEMPLATE.replace("eu-west-1", "cn-north-1"),
      [
        'platform/set.yaml:11:15 region "cn-north-1": it is in partition aws-cn; the account is in aws → write partition: aws-cn, or another region',
      ],
    ],
    [
      "that names an account twice is one of both",
      `${LISTED}    - {name: orders-test, id: "333333333333"}\n${TEMPLATE}`,
      [
        "platform/set.yaml:6:30 account 333333333333 is also orders-test in platform/set.yaml:8:31 → keep one of them",
        "platform/set.yaml:8:31 account 333333333333 is also orders-dev in platform/set.yaml:6:30 → keep one of them",
      ],
    ],
    [
      "that enforces without a writer is reported where the mode is",
      LISTED + TEMPLATE.replace(/ {4}writer.*\n/, ""),
      ["platform/set.yaml:7:53 enforce needs a writer → write writer: {role: …, externalId: …}"],
    ],
  ];
  test.each(cases)("%s", (_, spec, expected) => {
    expect(diagnosticTexts(compileTexts({ [SET]: setText(spec) }))).toEqual(expected);
  });

  test("keeps the keys of the accounts that can still be read", () => {
    const broken = setText(LISTED + TEMPLATE.replace("regions", "region"));
    const text = functionText("a").replace("prod", "orders-prod");
    const { invalid, brokenFiles } = compileTexts({ [SET]: broken, "teams/orders/a.yaml": text });

    expect([...invalid.keys()]).toEqual(["function/444444444444/eu-west-1/orders/a"]);
    expect(brokenFiles).toEqual([]);
  });
});

describe("an account set in a team's folder", () => {
  test("declares no account", () => {
    const compilation = compileTexts({ "teams/orders/set.yaml": setText(LISTED + WATCHED + TEMPLATE) });

    expect(diagnosticTexts(compilation)).toEqual([
      "teams/orders/set.yaml:2:1 AccountSet is read from platform/ only → move it there",
    ]);
    expect([...compilation.desired.accounts.keys()]).toEqual(["222222222222"]);
    expect(compilation.desired.accountSets).toEqual([]);
  });
});

describe("an account of an organization", () => {
  const [set] = compileTexts({ [SET]: setText(WATCHED + TEMPLATE) }).desired.accountSets;
  if (set === undefined) throw new Error("the set is not compiled");

  test("is chosen by units, tags and exceptions", () => {
    expect(set).toMatchObject({
      name: "workloads",
      reader: { roleArn: "arn:aws:iam::999999999999:role/gk/reader", externalId: "gk-3" },
      units: ["ou-ab12-c3d4e5f6"],
      tags: { env: "dev" },
      except: ["555555555555"],
    });
  });

  test("is observed with its own role, and can be written by none", () => {
    const account = observedAccount(set, { id: "666666666666" as AccountId, name: "Sandbox (7)" });

    expect(account).toMatchObject({
      name: "sandbox-7-666666666666",
      id: "666666666666",
      set: "workloads",
      mode: "observe",
      observer: { roleArn: "arn:aws:iam::666666666666:role/gk/observer", externalId: "gk-1" },
      writer: null,
      binder: null,
    });
    expect(JSON.stringify(account)).not.toContain("000000000000");
  });

  test.each([
    ["prod", "prod-666666666666"],
    ["", "666666666666"],
    ["生産", "666666666666"],
    ["--../..\n[31m", "31m-666666666666"],
    ["x".repeat(50), `${"x".repeat(40)}-666666666666`],
  ])("that people call %j has a name with its id", (name, expected) => {
    expect(observedAccount(set, { id: "666666666666" as AccountId, name }).name).toBe(expected);
  });

  test("cannot take the place of a declared account", () => {
    const compilation = compileTexts({
      [SET]: setText(WATCHED + TEMPLATE),
      "platform/accounts.yaml": accountText("prod", "222222222222"),
    });

    expect([...compilation.desired.accounts.keys()]).toEqual(["222222222222"]);
  });
});
