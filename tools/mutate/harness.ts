import { createRequire } from "node:module";

/** One test of a file, by its place in it. */
export interface FoundTest {
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...values: readonly unknown[]) => unknown;

/** `@jest/globals` for a run without jest: it collects the tests of a file, and the loader of the file runs them. */
export function collector(): { readonly globals: object; readonly tests: readonly FoundTest[] } {
  const tests: FoundTest[] = [];
  const path: string[] = [];
  const describe = (name: string, body: Body): void => {
    path.push(name);
    body();
    path.pop();
  };
  const test = (name: string, body: Body): void => {
    tests.push({ name: [...path, name].join(" › "), run: () => body() });
  };
  const globals = {
    describe: Object.assign(describe, { each: eachOf(describe) }),
    test: Object.assign(test, { each: eachOf(test) }),
    expect,
    // Limits of time are the runner's.
    jest: { setTimeout: () => undefined },
  };
  return { globals, tests };
}

const eachOf =
  (state: (name: string, body: Body) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, body: Body): void => {
    for (const [nth, row] of rows.entries())
      state(`${name} #${nth + 1}`, () => (Array.isArray(row) ? body(...(row as unknown[])) : body(row)));
  };

/** The one that jest brings, which `@jest/globals` hands out only inside of jest. */
const { jestExpect: expect } = createRequire(createRequire(import.meta.url).resolve("@jest/globals"))(
  "@jest/expect",
) as { readonly jestExpect: unknown };
