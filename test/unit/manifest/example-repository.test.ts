import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { documentText, quotaSize } from "../../../src/iam/read/print.ts";
import { compile } from "../../../src/manifest/compile/compile.ts";
import { parseFile } from "../../../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import { keyParts } from "../../../src/model/keys/key.ts";
import { COMPILE_CONTEXT, diagnosticTexts } from "../../support/manifests.ts";

const ROOT = fileURLToPath(new URL("../../../manifests/", import.meta.url));
const FILES = globSync("**/*.*", { cwd: ROOT }).sort();
const SEARCH_INDEX = "teams/search/index.yaml";

function compiled(
  change: (path: string, text: string) => string = (_path, text) => text,
): ReturnType<typeof compile> {
  const files = FILES.map((path) => {
    const text = change(path, readFileSync(`${ROOT}${path}`, "utf8"));
    return parseFile({ path, bytes: new TextEncoder().encode(text) }, DEFAULT_MANIFEST_LIMITS);
  });
  return compile(files, COMPILE_CONTEXT);
}

describe("the example repository", () => {
  const compilation = compiled();
  const bindings = [...compilation.desired.bindings.values()];
  const inAccount = (name: string): number => bindings.filter(({ account }) => account === name).length;

  test("has no problems", () => {
    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.invalid.size).toBe(0);
    expect(compilation.brokenFiles).toEqual([]);
  });

  test("has two accounts, four teams, twelve functions and twenty bindings", () => {
    expect([...compilation.desired.accounts.values()].map(({ name, mode }) => [name, mode])).toEqual([
      ["staging", "observe"],
      ["prod", "observe"],
    ]);
    expect(new Set(bindings.map(({ namespace }) => namespace))).toEqual(
      new Set(["orders", "payments", "reports", "search"]),
    );
    expect(new Set(bindings.map(({ functionName }) => functionName)).size).toBe(12);
    expect([inAccount("staging"), inAccount("prod")]).toEqual([12, 8]);
  });

  test("has policies of the platform and of a team, a boundary and a required waiver", () => {
    const kinds = [...compilation.desired.policies.values()].map(
      ({ use, namespace }) => `${namespace} ${use}`,
    );
    const [waiver] = compilation.desired.waivers;
    const waived = compilation.desired.bindings.get(waiver?.binding ?? ("" as never));

    expect(new Set(kinds)).toEqual(new Set(["platform attach", "platform boundary", "reports attach"]));
    expect(compilation.desired.waivers.length).toBe(1);
    expect(
      waived?.role.inline.statements.some(
        ({ source, statement }) => source.kind === "statement" && String(statement.Resource).endsWith("/*"),
      ),
    ).toBe(true);
  });

  test("uses most of the grants", () => {
    const used = new Set(
      bindings.flatMap(({ role }) =>
        role.inline.statements.flatMap(({ source }) => (source.kind === "statement" ? [] : [source.grant])),
      ),
    );

    expect(used.size).toBeGreaterThanOrEqual(14);
  });

  test("fits AWS's quotas with space to grow", () => {
    const inline = bindings.map(({ role }) =>
      quotaSize(documentText(role.inline.statements.map(({ statement }) => statement))),
    );
    const managed = [...compilation.desired.policies.values()].map(({ document }) =>
      quotaSize(documentText(document.statements.map(({ statement }) => statement))),
    );

    expect(Math.max(...inline)).toBeLessThan(8_192);
    expect(Math.max(...managed)).toBeLessThan(4_915);
  });

  test("has ten converged bindings and two observed ones after staging enforces", () => {
    const enforcing = compiled((path, text) =>
      path === "platform/accounts.yaml" ? text.replace("mode: observe", "mode: enforce") : text,
    );
    const converging = [...enforcing.desired.bindings.values()].filter(({ mode }) => mode === "enforce");

    expect(diagnosticTexts(enforcing)).toEqual([]);
    expect(converging.map(({ account }) => account)).toEqual(Array(10).fill("staging"));
  });

  test("gives orders-api five more actions by one line, and changes nothing else", () => {
    const line = "    - dynamodb: { table: customers, allow: [read] }\n";
    const changed = compiled((path, text) =>
      path === "teams/orders/orders-api.yaml" ? text.replace("  grants:\n", `  grants:\n${line}`) : text,
    );
    const differing = [...changed.desired.bindings.values()].filter(
      (binding) => inlineText(binding) !== inlineText(compilation.desired.bindings.get(binding.key)),
    );
    const added =
      differing[0]?.role.inline.statements.filter(({ statement }) =>
        JSON.stringify(statement).includes("table/customers"),
      ) ?? [];

    expect(differing.map(({ key }) => keyParts(key).name)).toEqual(["orders-api", "orders-api"]);
    expect(added.flatMap(({ statement }) => statement.Action).length).toBe(5);
  });

  test("names a broken dynamodb grant at line 17 of teams/search/index.yaml, while the others compile", () => {
    const broken = compiled((path, text) =>
      path === SEARCH_INDEX ? text.replace("dynamodb:", "dynamo:") : text,
    );

    expect(diagnosticTexts(broken).map((line) => line.split(" → ")[0])).toEqual([
      `${SEARCH_INDEX}:17:7 unknown grant "dynamo"`,
    ]);
    expect([...broken.invalid.keys()]).toEqual([
      "function/111122223333/eu-west-1/search/index",
      "function/444455556666/eu-west-1/search/index",
    ]);
    expect(broken.desired.bindings.size).toBe(18);
    expect(broken.brokenFiles).toEqual([]);
  });
});

function inlineText(
  binding:
    | {
        readonly role: {
          readonly inline: { readonly statements: readonly { readonly statement: unknown }[] };
        };
      }
    | undefined,
): string {
  return JSON.stringify(binding?.role.inline.statements.map(({ statement }) => statement));
}
