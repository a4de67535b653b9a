import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts } from "../../../support/manifests.ts";

const FOLDER = join(import.meta.dirname, "../../../fixtures/manifests-0.1.0");
const ACCOUNTS = "platform/accounts.yaml";

describe("manifests of 0.1.0", () => {
  let files: Readonly<Record<string, string>>;
  beforeAll(() => {
    const names = globSync("**/*.yaml", { cwd: FOLDER });
    files = Object.fromEntries(names.map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
  });

  test("with every field, grant and caller of that version compile without a problem", () => {
    const compilation = compileTexts(files);

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.bindings.size).toBe(43);
  });

  test("with the only renamed field have one error, which names the new name", () => {
    const renamed = (files[ACCOUNTS] ?? "").replace("  deleteQuiet:", "  settle: 30s\n  deleteQuiet:");
    const { diagnostics } = compileTexts({ ...files, [ACCOUNTS]: renamed });

    expect(diagnostics.filter(({ origin }) => origin.file === ACCOUNTS)).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('unknown field "settle"'),
        fix: expect.stringContaining('did you mean "propagationWait"?'),
      }),
    ]);
  });
});
