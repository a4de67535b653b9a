import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load-config.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

function example(name: string): Config {
  const flags = { observe: false, stateDir: null, listen: null };
  const loaded = loadConfig({ file: join(EXAMPLES, name), env: {}, flags });
  if (loaded.kind === "err") throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

describe("examples/", () => {
  test("the production example starts in observe, and reads Git over https", () => {
    const { mode, source, aws } = example("production.yaml");

    expect(mode).toBe("observe");
    expect(source).toMatchObject({ kind: "git", url: expect.stringMatching(/^https:/) });
    expect(aws).toMatchObject({ endpoint: null, simulator: false });
  });

  test("the local example names the folder of manifests next to it", () => {
    const { source, aws } = example("local.yaml");

    expect(aws.simulator).toBe(true);
    expect(source.kind === "directory" && existsSync(join(source.path, "platform/accounts.yaml"))).toBe(true);
  });
});
