import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { API_VERSION } from "../../../src/api/group.ts";
import type { ApiList, ApiObject } from "../../../src/api/object.ts";
import { pageOf } from "../../../src/http/request/page.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";

type Item = ApiObject<"Binding">;

const name = fc.stringMatching(/^[a-z][a-z.-]{0,2}$/);
const item = fc
  .record({ name, namespace: fc.option(name, { nil: undefined }) })
  .map(({ name, namespace }): Item => ({
    apiVersion: API_VERSION,
    kind: "Binding",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  }));
const items = fc.uniqueArray(item, { selector: placeOf, maxLength: 12 });

function placeOf({ metadata }: Item): string {
  return JSON.stringify([metadata.namespace ?? "", metadata.name]);
}

function allPages(
  all: readonly Item[],
  limit: number,
  between: (left: readonly Item[]) => readonly Item[],
): readonly Item[] {
  const seen: Item[] = [];
  let left = all;
  let after: string | undefined;
  do {
    const page: ApiList<Item> = pageOf<Item>(
      left,
      { limit, continue: after },
      { kind: "Binding", resourceVersion: "1" },
    );
    seen.push(...page.items);
    after = page.metadata.continue;
    left = between(left);
  } while (after !== undefined);
  return seen;
}

describe("pages", () => {
  test("together are the entire list, each item once, in order", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 5 }), (all, limit) => {
        const entire = pageOf(all, {}, { kind: "Binding", resourceVersion: "1" }).items;

        expect(allPages(all, limit, (left) => left)).toEqual(entire);
        expect(entire).toHaveLength(all.length);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("are the same for every order of the items", () => {
    fc.assert(
      fc.property(items, (all) => {
        const list = { kind: "Binding", resourceVersion: "1" } as const;
        expect(pageOf([...all].reverse(), {}, list)).toEqual(pageOf(all, {}, list));
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("show an item that stays through changes exactly once", () => {
    fc.assert(
      fc.property(items, items, fc.integer({ min: 1, max: 5 }), (stay, others, limit) => {
        const places = new Set(stay.map(placeOf));
        const go = others.filter((item) => !places.has(placeOf(item)));

        const seen = allPages([...stay, ...go], limit, () => stay).map(placeOf);

        for (const place of places) expect(seen.filter((other) => other === place)).toHaveLength(1);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test.each(["QUFB", "x", "", "AAAA="])("reject %p as continue", (text) => {
    expect(() => pageOf<Item>([], { continue: text }, { kind: "Binding", resourceVersion: "1" })).toThrow(
      expect.objectContaining({ reason: "BadRequest" }),
    );
  });
});
