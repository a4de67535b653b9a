import { Ajv2020 } from "ajv/dist/2020.js";
import { Command } from "commander";
import { describe, expect, test } from "@jest/globals";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { cli } from "../../support/screens/cli.ts";
import { checkAnswered, checkPublished } from "../../support/screens/published.ts";

describe("schema --output", () => {
  test("prints a self-contained schema for every name of --list", async () => {
    const names = (await cli(["schema", "--list"])).out.trimEnd().split("\n");

    expect(names).toEqual(expect.arrayContaining(["status", "get-bindings", "audit-verify", "error"]));
    for (const name of names) {
      const { code, out } = await cli(["schema", "--output", name]);
      const schema = JSON.parse(out) as { readonly title: string };

      expect({ code, title: schema.title }).toEqual({ code: 0, title: `grantkeeper ${name}` });
      expect(() => new Ajv2020().compile(schema)).not.toThrow();
    }
  });

  test("suggests the nearest name for an unknown one", async () => {
    expect(await cli(["schema", "--output", "get-binding"])).toEqual({
      code: 1,
      out: "",
      err: 'error: no output is called "get-binding"\nhint:  did you mean "get-bindings"?\n',
    });
  });

  test("rejects a name that every object inherits", async () => {
    expect((await cli(["schema", "--output", "constructor"])).code).toBe(1);
  });
});

describe("a published schema", () => {
  test.each([
    { name: "version", value: { version: "1" }, fits: true, because: "a published object" },
    { name: "version", value: { version: "1", more: 1 }, fits: false, because: "an additional field" },
    { name: "version", value: {}, fits: false, because: "a missing field" },
    { name: "version", value: { version: null }, fits: false, because: "a value of another type" },
    { name: "policy-can", value: { kind: "perhaps" }, fits: false, because: "a kind that does not exist" },
  ])("accepts or rejects $because", ({ name, value, fits }) => {
    let refusal = "";
    try {
      checkPublished(name, value);
    } catch (error) {
      refusal = String(error);
    }

    expect(refusal === "").toBe(fits);
    expect(refusal).toMatch(fits ? /^$/ : /^Error: not as in "grantkeeper schema --output/);
  });

  test("matches what the API answers", () => {
    expect(() => checkAnswered({ kind: "BindingList", items: [{}] })).toThrow(/api-bindings/);
  });
});

test("every command with an answer takes -o json", () => {
  // These have no answer object: a controller runs, an export has its own formats, a schema is JSON, a script is for a
  // shell, a kubeconfig for kubectl, a link for a browser, a protocol for an editor, a picture for programs that draw (its --format also has json),
  // and roles and queues are templates for another tool.
  const templates = ["bootstrap roles", "bootstrap events", "kubeconfig"];
  const others = [
    "run",
    "audit export",
    "schema",
    "completion",
    "open",
    "language-server",
    "map",
    ...templates,
  ];

  const without = COMMANDS.filter(({ name }) => !others.includes(name)).filter((command) => {
    const built = new Command();
    command.define(built);
    return !built.options.some(({ long, argChoices }) => long === "--output" && argChoices?.includes("json"));
  });

  expect(without.map(({ name }) => name)).toEqual([]);
});
