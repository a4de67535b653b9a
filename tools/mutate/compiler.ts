import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { mutatedText, type Mutant } from "./mutants.ts";

const OPTIONS = {
  extends: "./tsconfig.json",
  // A mutant may leave a name without a use.
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  include: ["src/**/*.mutant-*.ts"],
};

/**
 * The mutants that the compiler refuses: they cannot be committed, so no test has to detect them. All are checked
 * together: each is in a copy of the sources next to its original, under a separate name.
 */
export function refusedMutants(
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
): ReadonlySet<number> {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  try {
    for (const part of ["src", "tsconfig.json", "package.json"])
      cpSync(part, join(folder, part), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    for (const { id, file, change } of mutants) {
      const text = mutatedText(texts.get(file) ?? "", change);
      writeFileSync(join(folder, mutantFile(file, id)), text);
    }
    writeFileSync(join(folder, "tsconfig.mutants.json"), JSON.stringify(OPTIONS));
    const unreadable = refusedIds(folder);
    // While one of them cannot be parsed, the compiler reports no type errors.
    for (const { id, file } of mutants) if (unreadable.has(id)) rmSync(join(folder, mutantFile(file, id)));
    return new Set([...unreadable, ...refusedIds(folder)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mutantFile(file: string, id: number): string {
  return file.replace(/\.ts$/, `.mutant-${id}.ts`);
}

function refusedIds(folder: string): ReadonlySet<number> {
  const compiler = resolve("node_modules/typescript/bin/tsc");
  const { stdout, error } = spawnSync(
    process.execPath,
    [compiler, "--pretty", "false", "-p", "tsconfig.mutants.json"],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 256 * 1_024 * 1_024,
    },
  );
  if (error !== undefined) throw error;
  const found = [...stdout.matchAll(/^(\S+?)(?:\.mutant-(\d+))?\.ts\(\d+,\d+\): error (.*)$/gm)];
  const other = found.find(([, , id]) => id === undefined);
  if (other !== undefined) throw new Error(`the sources have an error of types: ${other[0]}`);
  return new Set(found.map(([, , id]) => Number(id)));
}
