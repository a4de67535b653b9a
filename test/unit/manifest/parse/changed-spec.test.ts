import { describe, expect, test } from "@jest/globals";
import { filesWithOnly, withSpec, writtenSpec } from "../../../../src/manifest/parse/changed-spec.ts";
import type { FunctionPermission, ParsedFile } from "../../../../src/manifest/parse/parsed.ts";
import { functionText, PLATFORM_FILES, parseText } from "../../../support/manifests.ts";

const GRANTS = "  grants: [{sqs: {queue: q, allow: [send]}}]\n";

function manifestOf(file: ParsedFile): FunctionPermission {
  const [document] = file.documents;
  if (document?.kind !== "FunctionPermission") throw new Error("no manifest");
  return document;
}

describe("a manifest with replaced members of its spec", () => {
  const manifest = manifestOf(parseText("teams/a/a.yaml", functionText("a", GRANTS)));

  test("keeps the other members and the places of the original", () => {
    const fixed = withSpec(manifest, { tracing: true });

    expect(fixed).toMatchObject({ name: "a", hasTemplates: false, located: manifest.located });
    expect(fixed?.spec).toEqual({ ...manifest.spec, tracing: true });
    expect(writtenSpec(manifest)).not.toHaveProperty("tracing");
  });

  test("is rejected if the schema rejects it", () => {
    expect(withSpec(manifest, { grants: [{ sqs: { queue: "q", allow: ["sned"] } }] })).toBeNull();
  });

  test("is substituted if only the new member needs it", () => {
    expect(withSpec(manifest, { grants: [{ sqs: { queue: "${name}", allow: ["send"] } }] })).toMatchObject({
      hasTemplates: true,
    });
  });
});

test("is found in files with one function alone, with everything that it needs", () => {
  const own = parseText("teams/a/a.yaml", functionText("a", GRANTS));
  const others = parseText("teams/a/b.yaml", `${functionText("b")}---\nkind: FunctionPermission\n`);
  const platform = Object.entries(PLATFORM_FILES).map(([path, text]) => parseText(path, text));
  const fixed = withSpec(manifestOf(own), { tracing: true }) ?? manifestOf(own);

  const files = filesWithOnly([own, others, ...platform], manifestOf(own), fixed);

  expect(files.map(({ path, documents }) => [path, documents.map(({ kind }) => kind)])).toEqual([
    ["teams/a/a.yaml", ["FunctionPermission"]],
    ["teams/a/b.yaml", []],
    ["platform/accounts.yaml", ["AwsAccount"]],
    ["platform/boundary.yaml", ["ManagedPolicy"]],
  ]);
  expect(files[0]?.documents).toEqual([fixed]);
});
