import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { compileSnapshot } from "../../src/controller/revision/accept.ts";
import { servicesAfter, servicesIn } from "../../src/controller/revision/declared-services.ts";
import { changedKeys } from "../../src/controller/revision/enforce.ts";
import type { EnforcedState } from "../../src/controller/state/controller-state.ts";
import type { CompileContext } from "../../src/manifest/compile/compile.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../src/manifest/parse/parsed.ts";
import { sha256Hex } from "../../src/model/values/digest.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { Revision } from "../../src/model/values/revision.ts";
import { keyParts, type Key } from "../../src/model/keys/key.ts";
import { complete } from "../../src/model/values/steps.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { accountText, COMPILE_CONTEXT, functionText, PLATFORM_FILES } from "../support/manifests.ts";
import { type Files, edit, SET, QUEUE, DEV, WORLD } from "./known-functions-world.ts";

/*
 * A push compiles only what it changes. The unchanged rest is from the compilation before, and the result must be that of a process that has just started: a wrong one would be written to AWS.
 */

function snapshotOf(files: Files): Snapshot {
  const entries = Object.entries(files).filter(([, text]) => text !== "");
  return {
    source: "main",
    revision: `main@sha1:${sha256Hex(JSON.stringify(entries)).slice(0, 40)}` as Revision,
    files: entries.map(([path, text]) => ({
      path,
      oid: sha256Hex(text),
      bytes: new TextEncoder().encode(text),
    })),
    refused: [],
    uncommitted: false,
  };
}

/** null: nothing is declared, which is refused. */
function accepted(
  files: Files,
  before: EnforcedState | null,
  context: Partial<CompileContext>,
): EnforcedState | null {
  const { revision: _, ...compile } = { ...COMPILE_CONTEXT, ...context };
  const functions = before?.compilation.functions;
  const result = complete(
    compileSnapshot(snapshotOf(files), {
      compile: { ...compile, functions },
      limits: DEFAULT_MANIFEST_LIMITS,
      parsed: before?.inputs.get(null)?.parsed ?? new Map(),
      record: null,
    }),
  );
  return result.kind === "ok" ? result.value.enforced : null;
}

function stateOf({ compilation, brokenFileKeys }: EnforcedState, key: Key): unknown {
  const { desired, invalid } = compilation;
  return {
    invalid: invalid.get(key),
    broken: brokenFileKeys.get(key),
    policy: desired.policies.get(key),
    binding: desired.bindings.get(key),
  };
}

function differentKeys(before: EnforcedState, after: EnforcedState): readonly Key[] {
  const keys = [before, after].flatMap(({ compilation: { desired, invalid }, brokenFileKeys }) => [
    ...desired.bindings.keys(),
    ...desired.policies.keys(),
    ...invalid.keys(),
    ...brokenFileKeys.keys(),
  ]);
  return keys.filter((key) => !isDeepStrictEqual(stateOf(before, key), stateOf(after, key)));
}

function allServices({ compilation }: EnforcedState): readonly string[] {
  return complete(servicesIn(compilation.desired));
}

function servicesFrom(
  before: EnforcedState,
  after: EnforcedState,
  changed: readonly Key[],
): readonly string[] {
  const { desired } = before.compilation;
  const step = { before: { desired, services: allServices(before) }, changed };
  return complete(servicesAfter(after.compilation.desired, step));
}

test(
  "a compilation that knows an earlier one has the result of the one that knows none",
  () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        let files = WORLD;
        const done: EnforcedState[] = [];
        for (const { file, readings, nowMs, age } of edits) {
          files = { ...files, [file[0]]: file[1] };
          const context = { nowMs, ...(readings !== undefined && { readings }) };

          const earlier = done.at(-1 - age) ?? null;
          const known = accepted(files, earlier, context);

          expect(known).toStrictEqual(accepted(files, null, context));
          if (known === null) continue;
          done.push(known);
          if (earlier === null) continue;
          const changed = complete(changedKeys(earlier, known));
          expect(changed).toEqual(expect.arrayContaining([...differentKeys(earlier, known)]));
          expect(servicesFrom(earlier, known, changed)).toEqual(allServices(known));
        }
      }),
      { numRuns: Math.ceil(FC_RUNS / 4) },
    );
  },
  LAW_TIMEOUT_MS,
);

test("no function of the world has a problem", () => {
  const bindings = accepted(WORLD, null, {})?.compilation.desired.bindings ?? new Map();
  expect([...bindings.values()].map(({ name }) => name)).toEqual(["a", "policies", "uses", "dev", "box"]);
});

test.each<readonly [string, Files, readonly string[]]>([
  ["an account changes a variable", { "platform/a.yaml": DEV.replace("orders-dev", "orders-2") }, ["dev"]],
  ["an account cannot be read", { "platform/a.yaml": DEV.replace("regions", "region") }, ["dev"]],
  [
    "an account set changes a variable",
    { "platform/d.yaml": SET.replace("orders-set", "orders-2") },
    ["box"],
  ],
  ["an account set is removed", { "platform/d.yaml": "" }, ["box"]],
  ["an account is removed", { "platform/a.yaml": "" }, ["dev"]],
  ["an account is declared again", { "platform/e.yaml": accountText("dev", "555555555555") }, ["dev"]],
  [
    "a boundary becomes another policy",
    {
      "platform/boundary.yaml":
        PLATFORM_FILES["platform/boundary.yaml"]?.replace("use: boundary", "use: attach") ?? "",
    },
    ["a", "box", "dev", "policies", "uses"],
  ],
  [
    "an attached policy becomes a boundary",
    { "platform/b.yaml": WORLD["platform/b.yaml"]?.replace("{grants", "{use: boundary, grants") ?? "" },
    ["policies"],
  ],
  ["a policy of the team is removed", { "teams/orders/own.yaml": "" }, ["policies"]],
  ["a template changes", { "platform/c.yaml": QUEUE.replace("[send]", "[consume]") }, ["uses"]],
  ["a template is removed", { "platform/c.yaml": "" }, ["uses"]],
  ["a template can no longer be used", { "platform/c.yaml": QUEUE.replace("[send]", "[sned]") }, ["uses"]],
  [
    "an account is declared again by a document that can't be used",
    { "platform/e.yaml": accountText("dev", "555555555555").replace("regions", "region") },
    ["dev"],
  ],
  [
    "a template is declared again by a document that can't be used",
    { "platform/e.yaml": QUEUE.replace("[send]", "[sned]") },
    ["uses"],
  ],
  [
    "an account set that can't be used lists an account again",
    { "platform/e.yaml": SET.replace("name: workloads", "name: others").replace("regions", "region") },
    ["box"],
  ],
  ["a function is declared again", { "teams/orders/x.yaml": functionText("a") }, ["a"]],
  [
    "another function claims its role",
    { "teams/orders/x.yaml": functionText("x", "  role: {name: a-eu-west-1}\n") },
    ["a"],
  ],
])("%s: only what follows from it changes, and all of it", (_, change, names) => {
  const before = accepted(WORLD, null, {});
  const files = { ...WORLD, ...change };

  const after = accepted(files, before, {});

  expect(after).toStrictEqual(accepted(files, null, {}));
  const [was, is] = [before, after].map((one) => one?.compilation.desired.bindings ?? new Map());
  const all = [
    ...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? []), ...(after?.compilation.invalid.keys() ?? [])]),
  ];
  const changed = all.filter((key) => !isDeepStrictEqual(was?.get(key), is?.get(key)));
  expect([...new Set(changed.map((key) => keyParts(key).name))].sort()).toEqual(names);
});

test("a push of one file compiles one binding again, and the others are the same objects", () => {
  const first = accepted(WORLD, null, {});
  const second = accepted({ ...WORLD, "teams/orders/a.yaml": functionText("a") }, first, {});

  const [before, after] = [first, second].map((one) => [
    ...(one?.compilation.desired.bindings.values() ?? []),
  ]);
  expect(after?.map((binding, at) => [binding.name, binding === before?.[at]])).toEqual([
    ["a", false],
    ["policies", true],
    ["uses", true],
    ["dev", true],
    ["box", true],
  ]);
});
