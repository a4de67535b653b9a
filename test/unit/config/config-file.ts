import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../../src/config/config.ts";
import type { ConfigFlags } from "../../../src/config/input.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { ConfigProblem } from "../../../src/config/problem.ts";

export const NO_FLAGS: ConfigFlags = { observe: false, stateDir: null, listen: null };

export const SMALLEST = `
instance: prod-1
stateDir: state
sources:
  - name: main
    git: {url: https://git.example.com/p.git, branch: main}
`;

interface Given {
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Partial<ConfigFlags>;
}

/** A configuration file in a folder of its own, which `remove` deletes. */
export class ConfigFile {
  readonly folder = mkdtempSync(join(tmpdir(), "gk-config-"));

  load({ text, env = {}, flags = {} }: Given): ReturnType<typeof loadConfig> {
    const file = join(this.folder, "grantkeeper.yaml");
    writeFileSync(file, text);
    return loadConfig({ file, env, flags: { ...NO_FLAGS, ...flags } });
  }

  /** @throws the problems, if the configuration has any */
  loaded(given: Given): Config {
    const result = this.load(given);
    if (result.kind === "err") throw new Error(result.error.map((problem) => problem.message).join("\n"));
    return result.value;
  }

  problems(given: Given): readonly ConfigProblem[] {
    const result = this.load(given);
    return result.kind === "err" ? result.error : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
