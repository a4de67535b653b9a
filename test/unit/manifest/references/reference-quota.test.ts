import { describe, expect, test } from "@jest/globals";
import { MAX_REFERENCES } from "../../../../src/manifest/compile/functions/reference-scope.ts";
import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import { compileTexts, functionText } from "../../../support/manifests.ts";
import { readingsOf } from "../../../support/references.ts";

const { ofFunction, ofNamespace } = MAX_REFERENCES;

/** A function of a namespace that names `count` parameters, from `/x/first` on. */
function spec(first: number, count: number): string {
  const grants = Array.from(
    { length: count },
    (_, index) => `{sns: {topic: "\${ssm./x/${first + index}}", allow: [publish]}}`,
  );
  return `  grants: [${grants.join(", ")}]\n`;
}

function compiled(files: Readonly<Record<string, string>>): Compilation {
  const values = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`ssm./x/${index}`, `t${index}`]),
  );
  return compileTexts(files, { readings: readingsOf(values) });
}

/** As many functions as fill a namespace, and one more that names what the first one names, and something new. */
function full(team: string): Readonly<Record<string, string>> {
  const functions = Array.from({ length: ofNamespace / ofFunction }, (_, index) => [
    `teams/${team}/f${String(index).padStart(2, "0")}.yaml`,
    functionText(`${team}-f${index}`, spec(index * ofFunction, ofFunction)),
  ]);
  return Object.fromEntries(functions);
}

describe("a function", () => {
  test("may name twenty values, each as often as it likes", () => {
    const twice = spec(0, ofFunction).replace("[", "[{sns: {topic: '${ssm./x/0}', allow: [publish]}}, ");

    expect(compiled({ "teams/orders/api.yaml": functionText("api", twice) }).desired.bindings.size).toBe(1);
  });

  test("that names one more is refused with the limit, and the value past it is not read", () => {
    const found = compiled({ "teams/orders/api.yaml": functionText("api", spec(0, ofFunction + 1)) });

    expect(found.desired.bindings.size).toBe(0);
    expect(found.diagnostics).toMatchObject([
      {
        code: "reference-refused",
        message: expect.stringContaining(
          "${ssm./x/20} is not read: the function names more than 20 values in AWS",
        ),
      },
    ]);
    expect(found.references).toHaveLength(ofFunction);
  });
});

describe("a namespace", () => {
  test("may name what it names already in any number of functions", () => {
    const found = compiled({ ...full("orders"), "teams/orders/z.yaml": functionText("z", spec(5, 1)) });

    expect(found.diagnostics).toEqual([]);
    expect(found.references).toHaveLength(ofNamespace);
  });

  test("with too many values has only the functions past the limit refused, and costs no other namespace one", () => {
    const found = compiled({
      ...full("orders"),
      "teams/orders/z.yaml": functionText("z", spec(300, 1)),
      "teams/shipping/z.yaml": functionText("ship", spec(300, 1)),
    });

    expect([...found.invalid.keys()]).toEqual(["function/222222222222/eu-west-1/orders/z"]);
    expect(found.diagnostics.map(({ message }) => message)).toEqual([
      "${ssm./x/300} is not read: namespace orders names more than 200 values in account prod, eu-west-1",
    ]);
    expect(found.references.map(({ text }) => text)).toContain("ssm./x/300");
  });

  test("is counted again by each compilation", () => {
    compiled(full("orders"));

    expect(compiled(full("orders")).diagnostics).toEqual([]);
  });
});
