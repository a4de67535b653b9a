import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, MANAGED } from "./compilation.ts";

describe("the last good state", () => {
  test("applies to the keys that an invalid manifest names", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a", "  mode: 3\n  managedPolicies: [platform/p]\n  role: 5\n"),
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY]);
    expect(compilation.invalid.get(KEY as never)?.map(({ code }) => code)).toEqual(["type", "type"]);
    expect(compilation.fileKeys[FILE]).toEqual([KEY]);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test.each([
    { text: functionText("a").replace("prod", "gone"), because: "its account no longer exists" },
    {
      text: functionText("a").replace("accounts: [prod]", "accounts: prod"),
      because: "its targets can't be read",
    },
    { text: functionText("a").replace("[prod]", "[prod, 3]"), because: "one of its accounts can't be read" },
    { text: functionText("a").replace("targets:", "target:"), because: "its targets are missing" },
    {
      text: functionText("a", "  mode: 3\n").replace("prod", "gone"),
      because: "it is invalid and its account does not exist",
    },
    {
      text: functionText("a", "  mode: 3\n").replace("eu-west-1", "eu"),
      because: "it is invalid and its region does not exist",
    },
    { text: functionText("[]"), because: "its name can't be read" },
    { text: MANAGED.replace("name: audit-read", "nam: x"), because: "the name of a policy can't be read" },
    { text: "kind: FunctionPermision\n", because: "its kind does not exist" },
    { text: "a: [", because: "it is not YAML" },
  ])("applies to every key last seen in a file with an unreadable key: $because", ({ text }) => {
    const compilation = compileTexts({ [FILE]: text });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(compilation.desired.bindings.size).toBe(0);
    expect(compilation.diagnostics.filter(({ severity }) => severity === "error").length).toBeGreaterThan(0);
  });

  test("also lists the readable keys of such a file", () => {
    const compilation = compileTexts({
      [FILE]: `${functionText("a")}---\n${functionText("b").replace("prod", "gone")}`,
    });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(compilation.fileKeys[FILE]).toEqual([KEY]);
    expect([...compilation.desired.bindings.keys()]).toEqual([KEY]);
  });

  test("of an invalid account deletes nothing, since its bindings and policies are invalid", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace(
        "regions: [eu-west-1, us-east-1]",
        "regions: eu-west-1",
      ),
      "teams/orders/p.yaml": MANAGED,
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });

    expect([...compilation.invalid.keys()]).toEqual([
      KEY,
      "policy/222222222222/orders/audit-read",
      "policy/222222222222/platform/platform-default",
    ]);
    expect(compilation.invalid.get(KEY as never)?.[0]?.message).toBe(
      "account prod can't be used: its manifest has problems",
    );
    expect(compilation.desired.accounts.size).toBe(0);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test("of an invalid account adds no errors to its policies: the values of their variables are not known", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace("regions:", "regoins:"),
      "teams/orders/p.yaml": [
        "apiVersion: grantkeeper.dev/v1alpha1",
        "kind: ManagedPolicy",
        "metadata: { name: audit-read }",
        "spec:",
        "  grants:",
        '    - kinesis: { stream: "arn:${partition}:kinesis:eu-west-1:${account.id}:stream/a", allow: [put] }',
        '    - s3: { bucket: "${account.vars.bucket}", allow: [read] }',
        "",
      ].join("\n"),
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });
    const errors = compilation.diagnostics.filter(({ severity }) => severity === "error");
    const ofPolicy = compilation.invalid.get("policy/222222222222/orders/audit-read" as never);

    expect(errors.map(({ code }) => code)).toEqual(["unknown-field"]);
    expect(ofPolicy?.map(({ message }) => message)).toEqual([
      "account prod can't be used: its manifest has problems",
    ]);
  });

  test("of an invalid account adds no errors to a policy that nothing refers to", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace("regions:", "regoins:"),
      "teams/orders/p.yaml": MANAGED,
    });
    const errors = compilation.diagnostics.filter(({ severity }) => severity === "error");

    expect(errors.map(({ code }) => code)).toEqual(["unknown-field"]);
  });

  test.each([
    ["boundary: platform-default", ["platform-default"]],
    ["boundaries: [platform-default, {name: other, namespaces: [orders]}, 5]", ["other", "platform-default"]],
    ["boundary: [platform-default]", []],
  ])("of an invalid account with %s keeps the boundaries that can be read", (written, names) => {
    const account = accountText("prod", "222222222222").replace("boundary: platform-default", written);
    const compilation = compileTexts({
      "platform/accounts.yaml": account.replace("regions:", "regoins:"),
      "platform/other.yaml": MANAGED.replace("audit-read", "other"),
    });

    expect([...compilation.invalid.keys()].filter((key) => key.startsWith("policy/"))).toEqual(
      names.map((name) => `policy/222222222222/platform/${name}`),
    );
  });

  test("of a file that could not be read at all names no key", () => {
    const compilation = compileTexts({ [FILE]: "a: 1\n---\n".repeat(2_000) });

    expect(compilation.brokenFiles).toEqual([FILE]);
    expect(Object.hasOwn(compilation.fileKeys, FILE)).toBe(false);
  });
});

describe("the objects of a compilation", () => {
  test("list valid and invalid documents by file and line, with source text and keys", () => {
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
