import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { compile, type Compilation } from "../../src/manifest/compile/compile.ts";
import { parseFile } from "../../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../src/manifest/parse/parsed.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { COMPILE_CONTEXT, functionText, parseText, PLATFORM_FILES } from "../support/manifests.ts";

const ROOT = fileURLToPath(new URL("../../manifests/", import.meta.url));
const EXAMPLE_TEXTS = globSync("**/*.yaml", { cwd: ROOT })
  .sort()
  .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, "utf8") }));
const EXAMPLES: readonly ParsedFile[] = EXAMPLE_TEXTS.map(({ path, text }) => parseText(path, text));

/** Everything in a compilation, with the order of its maps. */
function bytesOf(compilation: Compilation): string {
  return JSON.stringify(compilation, (_name, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** From few names, so that documents meet: duplicates, one function for two, broken ones among them. */
const documentText = fc
  .record({
    name: fc.constantFrom("a", "b", "c"),
    spec: fc.constantFrom(
      "",
      "  function: b\n",
      "  mode: 3\n",
      "  grants: [{sns: {topic: t, allow: [publish]}}]\n",
      '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}}]\n',
      "  managedPolicies: [p]\n",
    ),
  })
  .map(({ name, spec }) => functionText(name, spec));

const anyDocument = fc.oneof(
  { weight: 5, arbitrary: documentText },
  { weight: 1, arbitrary: fc.constantFrom("a: [", "kind: X\n", "- - x", "\u0000", 'a: "', "? b", "&a b") },
);

const files = fc
  .uniqueArray(
    fc.record({
      path: fc.constantFrom(
        "teams/x/1.yaml",
        "teams/x/2.yaml",
        "teams/y/1.yaml",
        "teams/1.yaml",
        "platform/9.yaml",
      ),
      documents: fc.array(anyDocument, { maxLength: 4 }),
    }),
    { selector: ({ path }) => path },
  )
  .map((list) => list.map(({ path, documents }) => parseText(path, documents.join("\n---\n"))));

const PLATFORM = Object.entries(PLATFORM_FILES).map(([path, text]) => parseText(path, text));

test(
  "the same files in any order compile to the same bytes",
  () => {
    const shuffled = files.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...PLATFORM, ...list], { minLength: list.length + PLATFORM.length }),
      ),
    );

    fc.assert(
      fc.property(shuffled, ([list, permuted]) => {
        expect(bytesOf(compile(permuted, COMPILE_CONTEXT))).toBe(
          bytesOf(compile([...PLATFORM, ...list], COMPILE_CONTEXT)),
        );
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "a broken file in the example repository changes no other binding",
  () => {
    const before = JSON.stringify([...compile(EXAMPLES, COMPILE_CONTEXT).desired.bindings]);
    const broken = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("a: [", 'kind: "', "- &x *x", "? ? ?"),
    );

    fc.assert(
      fc.property(broken, (text) => {
        const after = compile([...EXAMPLES, parseText("teams/orders/zz.yaml", text)], COMPILE_CONTEXT);

        expect(JSON.stringify([...after.desired.bindings]) === before).toBe(true);
      }),
      { numRuns: Math.min(FC_RUNS, 200) },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "no bytes make the parser or the compiler throw",
  () => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...EXAMPLE_TEXTS),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.string({ unit: "binary", maxLength: 12 }),
      )
      .map(([{ path, text }, at, length, inserted]) => {
        const start = at % text.length;
        return {
          path,
          bytes: new TextEncoder().encode(text.slice(0, start) + inserted + text.slice(start + length)),
        };
      });
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ path: "teams/orders/a.yaml", bytes }));

    fc.assert(
      fc.property(fc.oneof(damaged, random), (file) => {
        const parsed = parseFile(file, DEFAULT_MANIFEST_LIMITS);
        const others = EXAMPLES.filter(({ path }) => path !== file.path);
        const compilation = compile([...others, parsed], COMPILE_CONTEXT);

        for (const { origin, message } of compilation.diagnostics) {
          expect(origin.line).toBeGreaterThanOrEqual(1);
          expect(origin.column).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
        }
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "every key is either desired or invalid, never both, and its file contains it",
  () => {
    fc.assert(
      fc.property(files, (list) => {
        const { desired, invalid, fileKeys, objects } = compile([...PLATFORM, ...list], COMPILE_CONTEXT);
        const valid = [...desired.bindings.keys(), ...desired.policies.keys()];
        const inFiles = new Set(Object.values(fileKeys).flat());

        expect(valid.filter((key) => invalid.has(key))).toEqual([]);
        expect(inFiles).toEqual(new Set([...valid, ...invalid.keys()]));
        expect(new Set(objects.flatMap(({ keys }) => keys))).toEqual(inFiles);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
