import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { Script } from "node:vm";
import { transformSync } from "@swc/core";
import { collector, type FoundTest } from "./harness.ts";

type ModuleBody = (
  require: (specifier: string) => unknown,
  module: { exports: object },
  filename: string,
  hits: Uint8Array,
) => void;

const requireInstalled = createRequire(import.meta.url);

/**
 * The sources and tests of this package as modules that can be loaded again and again, each time from nothing: a memo
 * that a mutant filled is gone with it. Installed packages and Node's own modules are loaded once.
 */
export class Program {
  readonly #root: string;
  readonly #hits: Uint8Array;
  readonly #compiled = new Map<string, ModuleBody>();

  /** `hits` is what `hitText` marks. */
  constructor(root: string, hits: Uint8Array) {
    this.#root = root;
    this.#hits = hits;
  }

  /** From now on the file reads so. Files are paths below the root. */
  replace(file: string, text: string): void {
    this.#compiled.set(file, this.#compile(file, text));
  }

  /** Reads the file again from the disk. */
  restore(file: string): void {
    this.#compiled.delete(file);
  }

  /** The tests of a file, after the file and all its imports were run again. */
  loadTests(testFile: string): readonly FoundTest[] {
    const { globals, tests } = collector();
    const loaded = new Map<string, { exports: object }>();
    const load = (file: string): object => {
      const known = loaded.get(file);
      if (known !== undefined) return known.exports;
      const module = { exports: {} };
      loaded.set(file, module);
      const require = (specifier: string): unknown => {
        if (specifier === "@jest/globals") return globals;
        if (!specifier.startsWith(".")) return requireInstalled(specifier);
        return load(relative(this.#root, join(this.#root, dirname(file), specifier)));
      };
      this.#bodyOf(file)(require, module, join(this.#root, file), this.#hits);
      return module.exports;
    };
    load(testFile);
    return tests;
  }

  #bodyOf(file: string): ModuleBody {
    const known = this.#compiled.get(file);
    if (known !== undefined) return known;
    const body = this.#compile(file, readFileSync(join(this.#root, file), "utf8"));
    this.#compiled.set(file, body);
    return body;
  }

  #compile(file: string, text: string): ModuleBody {
    const { code } = transformSync(text, {
      filename: file,
      configFile: false,
      swcrc: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2024" },
      module: { type: "commonjs" },
    });
    const script = new Script(
      `((require, module, __filename, __hit) => { const { exports } = module; ${code}\n})`,
      {
        filename: join(this.#root, file),
      },
    );
    return script.runInThisContext() as ModuleBody;
  }
}
