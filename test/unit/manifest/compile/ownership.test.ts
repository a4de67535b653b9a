import { describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Incumbents, LiveOwner } from "../../../../src/manifest/compile/conflicts.ts";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, only, MANAGED, waiver } from "./compilation.ts";

describe("the owner of a document", () => {
  test.each([
    {
      path: "teams/a.yaml",
      text: functionText("a"),
      message: "the file is in no team's folder → move it to teams/<namespace>/",
    },
    {
      path: "elsewhere/a.yaml",
      text: functionText("a"),
      message: "the file is outside the declared paths → move it below platform/ or teams/<namespace>/",
    },
    {
      path: "teams/platform/a.yaml",
      text: functionText("a"),
      message:
        "\"platform\" can't be a team's folder → rename the folder: lower-case letters, digits and -, and not platform",
    },
    {
      path: "teams/Orders/a.yaml",
      text: functionText("a"),
      message:
        "\"Orders\" can't be a team's folder → rename the folder: lower-case letters, digits and -, and not platform",
    },
    {
      path: "platform/a.yaml",
      text: functionText("a"),
      message: "a FunctionPermission belongs to a team → move it to teams/<namespace>/",
    },
    {
      path: "teams/orders/x.yaml",
      text: accountText("other", "333333333333"),
      message: "AwsAccount is read from platform/ only → move it there",
    },
    {
      path: "teams/orders/x.yaml",
      text: waiver("orders/a@prod/eu-west-1"),
      message: "Waiver is read from platform/ only → move it there",
    },
  ])("$path: $message", ({ path, text, message }) => {
    const compilation = compileTexts({ [path]: text });

    expect(diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""))).toEqual([message]);
    expect(compilation.desired.bindings.size).toBe(0);
    expect(compilation.desired.waivers).toEqual([]);
    expect([...compilation.desired.accounts.keys()]).toEqual(["222222222222"]);
  });

  test("of an AwsAccount is never a team, whose file replaces nothing", () => {
    const compilation = compileTexts({
      "teams/a/x.yaml": accountText("prod", "333333333333"),
      [FILE]: functionText("a"),
    });

    expect(only(compilation).accountId).toBe("222222222222");
  });

  test("is irrelevant for an empty file outside the paths", () => {
    expect(compileTexts({ "teams/empty.yaml": "# nothing\n" }).diagnostics).toEqual([]);
  });

  test("is the team if its path is below the platform's", () => {
    const compilation = compileTexts(
      { "platform/teams/orders/a.yaml": functionText("a") },
      { tenantPath: "platform/teams" },
    );

    expect(only(compilation).namespace).toBe("orders");
  });

  test("is known if one path is below the other or covers the entire repository", () => {
    const inner = compileTexts({ "teams/platform/x.yaml": MANAGED }, { platformPath: "teams/platform" });
    const entire = compileTexts({ "orders/a.yaml": functionText("a") }, { tenantPath: "" });

    expect(inner.objects.find((object) => object.name === "audit-read")?.namespace).toBe("platform");
    expect(only(entire).namespace).toBe("orders");
  });
});

describe("a conflict, which keeps the last applied state of every side,", () => {
  test.each([
    {
      other: functionText("b", "  function: a\n"),
      message:
        /^function a and role a-eu-west-1 of orders\/a@prod\/eu-west-1 are also claimed by orders\/b@prod\/eu-west-1 \(teams\/orders\/b.yaml:6:13\)/,
      because: "one function, and the role that is named after it, in one message",
    },
    {
      other: functionText("b", "  function: a\n  role: {name: other}\n"),
      message: /^function a of orders\/a@prod\/eu-west-1 is also claimed by orders\/b@prod\/eu-west-1/,
      because: "one function with different roles",
    },
    {
      other: functionText("b", "  role: {name: A-EU-WEST-1}\n"),
      message: /^role a-eu-west-1 of orders\/a@prod\/eu-west-1 is also claimed by orders\/b@prod\/eu-west-1/,
      because: "one role, regardless of case",
    },
    {
      other: functionText("b", "  function: a\n  mode: 3\n"),
      message: /^function a and role a-eu-west-1 of/,
      because: "a name that an invalid manifest claims too",
    },
  ])("is about $because", ({ other, message }) => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "teams/orders/b.yaml": other });
    const texts = diagnosticTexts(compilation).map((line) => line.replace(/^\S+ /, ""));

    expect(texts.some((text) => message.test(text))).toBe(true);
    expect([...compilation.invalid.keys()]).toEqual([KEY, "function/222222222222/eu-west-1/orders/b"]);
    expect(compilation.desired.bindings.size).toBe(0);
  });

  const appliedAs = (functionName: string, role: string) => ({
    accountId: "222222222222",
    region: "eu-west-1",
    functionName,
    role: { name: role, arn: `arn:aws:iam::222222222222:role/grantkeeper/${role}` as Arn },
  });
  const OTHER = "function/222222222222/eu-west-1/payments/b" as Key;

  test.each([
    { other: "  function: a\n", because: "its function and its role" },
    { other: "  function: a\n  role: {name: other}\n", because: "its function" },
    { other: "  role: {name: A-EU-WEST-1}\n", because: "its role" },
    { other: "  function: a\n  mode: 3\n", because: "its function in an invalid document" },
  ])("does not affect an applied binding when another team claims $because", ({ other }) => {
    const files = { [FILE]: functionText("a"), "teams/payments/b.yaml": functionText("b", other) };

    const compilation = compileTexts(files, { holders: new Map([[KEY, appliedAs("a", "a-eu-west-1")]]) });

    expect([...compilation.desired.bindings.keys()]).toEqual([KEY]);
    expect([...compilation.invalid.keys()]).toEqual([OTHER]);
    expect(compilation.diagnostics.every(({ origin }) => origin.file.startsWith("teams/payments/"))).toBe(
      true,
    );
  });

  test("does not exist with a binding that was applied with another function", () => {
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

  const owners = (owner: Record<string, LiveOwner>): Incumbents => {
    const ownerOf = ({ namespace, name }: { namespace: string; name: string }): LiveOwner =>
      owner[`${namespace}/${name}`] ?? "other";
    return { role: ownerOf, function: ownerOf };
  };

  test.each<{ owner: Record<string, LiveOwner>; valid: readonly Key[]; because: string }>([
    { owner: { "orders/a": "own" }, valid: [KEY], because: "only one owns the live role" },
    { owner: { "payments/b": "own" }, valid: [OTHER], because: "the other one does" },
    { owner: {}, valid: [], because: "none does" },
    { owner: { "orders/a": "own", "payments/b": "own" }, valid: [], because: "both do" },
    { owner: { "orders/a": "own", "payments/b": "unknown" }, valid: [], because: "one was not read" },
    {
      owner: { "orders/a": "running", "payments/b": "own" },
      valid: [KEY],
      because: "the function runs on the role of one, and the other has a role of the default name",
    },
    {
      owner: { "orders/a": "own", "payments/b": "running" },
      valid: [OTHER],
      because: "it runs on the role of the other one",
    },
    {
      owner: { "orders/a": "running", "payments/b": "unknown" },
      valid: [],
      because: "it runs on the role of one, and the role of the other was not read",
    },
  ])("without a record leaves $valid if $because", ({ owner, valid }) => {
    const files = {
      [FILE]: functionText("a"),
      "teams/payments/b.yaml": functionText("b", "  function: a\n"),
    };

    const { desired, undecided } = compileTexts(files, { incumbents: owners(owner) });

    expect([...desired.bindings.keys()]).toEqual(valid);
    expect(undecided.map(({ field }) => field)).toEqual(valid.length === 1 ? [] : ["role", "function"]);
  });

  test("is decided by the record before the tag in AWS, and names the reason", () => {
    const files = {
      [FILE]: functionText("a"),
      "teams/payments/b.yaml": functionText("b", "  function: a\n"),
    };
    const incumbents = owners({ "payments/b": "own" });
    const holders = new Map([[KEY, appliedAs("a", "a-eu-west-1")]]);
    const fixes = (compiled: ReturnType<typeof compileTexts>): readonly (string | null)[] =>
      compiled.diagnostics.map(({ fix }) => fix);

    expect(fixes(compileTexts(files, { incumbents, holders }))).toEqual([
      "orders/a@prod/eu-west-1 was applied first and keeps it; name another function, or remove it there",
    ]);
    expect(fixes(compileTexts(files, { incumbents }))).toEqual([
      "payments/b@prod/eu-west-1 is the owner by the tag in AWS and keeps it; name another function, or remove it there",
    ]);
  });

  test("does not depend on which of two documents with one name comes first", () => {
    const twice = [functionText("a", "  role: {name: shared}\n"), functionText("a")];
    const invalid = (documents: readonly string[]): readonly Key[] => {
      const other = functionText("b", "  role: {name: shared}\n");
      const files = { [FILE]: documents.join("---\n"), "teams/orders/b.yaml": other };
      return [...compileTexts(files).invalid.keys()];
    };

    expect(invalid(twice)).toEqual([KEY, "function/222222222222/eu-west-1/orders/b"]);
    expect(invalid(twice.toReversed())).toEqual(invalid(twice));
  });

  test("is one role for two regions", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a", "  role: {name: fixed}\n").replace("[eu-west-1]}", "[eu-west-1, us-east-1]}"),
    });

    expect(compilation.invalid.size).toBe(2);
  });

  test("names both places of two documents with one name", () => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "teams/orders/b.yaml": functionText("a") });

    expect(diagnosticTexts(compilation)).toEqual([
      "teams/orders/a.yaml:3:18 FunctionPermission orders/a is declared again in teams/orders/b.yaml:3:18 → keep one of them",
      "teams/orders/b.yaml:3:18 FunctionPermission orders/a is declared again in teams/orders/a.yaml:3:18 → keep one of them",
    ]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("of two accounts with one id or name makes both unusable and their bindings invalid", () => {
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
