import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { KEY } from "./compilation.ts";

const dependsOn = (...names: readonly string[]): string => `  dependsOn: [${names.join(", ")}]\n`;
const fileOf = (name: string): string => `teams/orders/${name}.yaml`;

/** Functions of the namespace orders, with what follows their targets. */
function compiled(functions: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const files = Object.entries(functions).map(([name, spec]) => [fileOf(name), functionText(name, spec)]);
  const compilation = compileTexts({ ...Object.fromEntries(files), ...more });
  return { compilation, problems: diagnosticTexts(compilation) };
}

describe("dependsOn", () => {
  test("names functions of the same namespace, account and region", () => {
    const { compilation, problems } = compiled({ a: dependsOn("c", "b"), b: "", c: "" });

    expect(problems).toEqual([]);
    expect(compilation.desired.bindings.get(KEY)?.dependsOn).toEqual([
      "function/222222222222/eu-west-1/orders/b",
      "function/222222222222/eu-west-1/orders/c",
    ]);
  });

  test("without it, a function depends on none", () => {
    const { compilation } = compiled({ a: "" });

    expect(compilation.desired.bindings.get(KEY)).not.toHaveProperty("dependsOn");
  });

  test.each([
    {
      functions: { a: dependsOn("a"), b: "" },
      problem: "6:15 a depends on itself → remove dependsOn",
    },
    {
      functions: { a: dependsOn("b", "a"), b: "" },
      problem: "6:18 a depends on itself → write dependsOn: [b]",
    },
    {
      functions: { a: dependsOn("b", "b"), b: "" },
      problem: '6:18 duplicate value "b" → write dependsOn: [b]',
    },
    {
      functions: { a: dependsOn("workr"), worker: "" },
      problem:
        '6:15 unknown function "workr" in namespace orders → did you mean "worker"? Write the metadata.name of a function of this namespace',
    },
    {
      functions: { a: dependsOn("db-v2"), db: "  function: db-v2\n" },
      problem:
        '6:15 unknown function "db-v2" in namespace orders → did you mean "db"? Write the metadata.name of a function of this namespace',
    },
    {
      functions: { a: dependsOn("zz", "b"), b: "" },
      problem:
        '6:15 unknown function "zz" in namespace orders → write the metadata.name of a function of this namespace, or write dependsOn: [b]',
    },
    {
      functions: { a: dependsOn("billing/b"), b: "" },
      problem:
        '6:15 "billing/b" is not a name (lower-case letters, digits, - and ., as in RFC 1123) → write b if it is a function of this namespace. If it is of another one, remove it: dependsOn can only order functions of one namespace, in the same account and region',
    },
    {
      functions: { a: dependsOn("b"), b: "  mode: release\n" },
      problem: "6:15 b is released (mode: release): nothing of it is compared → remove dependsOn",
    },
    {
      functions: { a: dependsOn() },
      problem: "6:14 the list is empty → name at least one, or remove dependsOn",
    },
  ])("names the mistake with the corrected line: $problem", ({ functions, problem }) => {
    expect(compiled(functions).problems).toEqual([`${fileOf("a")}:${problem}`]);
  });

  test("of functions that wait for each other is an error in each of them, and in no other", () => {
    const { compilation, problems } = compiled({
      a: dependsOn("b"),
      b: dependsOn("c"),
      c: dependsOn("a"),
      d: dependsOn("a"),
    });

    expect(problems).toEqual([
      expect.stringContaining(
        "a.yaml:6:15 functions that wait for each other: a → b → c → a → keep the order that is meant, and remove one that is not: b from dependsOn of a, or c from dependsOn of b, or a from dependsOn of c",
      ),
      expect.stringContaining("b.yaml:6:15 functions that wait for each other: b → c → a → b"),
      expect.stringContaining("c.yaml:6:15 functions that wait for each other: c → a → b → c"),
    ]);
    expect([...compilation.desired.bindings.values()].map(({ name }) => name)).toEqual(["d"]);
  });

  test("must be declared in each account of the function", () => {
    const account = accountText("staging", "333333333333");
    const both = functionText("a", dependsOn("b")).replace("[prod]", "[staging, prod]");
    const { compilation, problems } = compiled(
      { b: "" },
      { "platform/staging.yaml": account, [fileOf("a")]: both },
    );

    expect(problems).toEqual([
      "teams/orders/a.yaml:6:15 b is not declared in staging/eu-west-1, and this function is → add staging/eu-west-1 to the targets of b, or split a: one manifest for staging/eu-west-1 without b in dependsOn, and one for its other targets",
    ]);
    expect(compilation.invalid.has(KEY)).toBe(false);
  });

  test("is no error while the file that may declare the function can't be read", () => {
    const { compilation, problems } = compiled({ a: dependsOn("b") }, { [fileOf("b")]: "kind: [" });

    expect(problems.filter((text) => text.startsWith(fileOf("a")))).toEqual([]);
    expect(compilation.desired.bindings.has(KEY)).toBe(true);
  });

  test("is proposed for usual words of other tools", () => {
    expect(compiled({ a: "  needs: [b]\n" }).problems).toEqual([
      expect.stringContaining('unknown field "needs" in spec → write dependsOn: [NAME]'),
    ]);
  });
});
