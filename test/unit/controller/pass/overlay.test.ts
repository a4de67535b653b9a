import { describe, expect, test } from "@jest/globals";
import { overlayLive, overlaySweep } from "../../../../src/controller/pass/overlay.ts";
import type { LiveFunction } from "../../../../src/model/live.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { accountWith, liveFunctionOf } from "../../../support/pass/live-state.ts";

const NOT_ASKED = { kind: "not-requested" } as const;
const OTHER_ROLE = "arn:aws:iam::111122223333:role/other";
const SWEPT = liveFunctionOf(BINDING, {
  aliases: { kind: "present", value: [{ name: "live", versions: ["1"] }] },
});

function after(fresh: Partial<LiveFunction>): LiveFunction | undefined {
  const live = overlaySweep(
    accountWith({ found: SWEPT }),
    accountWith({ found: liveFunctionOf(BINDING, { revisionId: "later", ...fresh }) }),
  );
  const region = live.regions.get(BINDING.region);
  return region?.kind === "read" ? region.functions.get(BINDING.functionName) : undefined;
}

describe("a function that was read again after the sweep had read it", () => {
  test("keeps what only the sweep was asked for", () => {
    expect(after({ versions: NOT_ASKED, aliases: NOT_ASKED, triggers: NOT_ASKED })).toEqual({
      ...SWEPT,
      revisionId: "later",
    });
  });

  test("on another role keeps the versions alone", () => {
    const moved = { roleArn: OTHER_ROLE, versions: NOT_ASKED, aliases: NOT_ASKED, triggers: NOT_ASKED };

    expect(after(moved)).toMatchObject({ aliases: NOT_ASKED, triggers: NOT_ASKED, versions: SWEPT.versions });
  });

  test("has the aliases of the later read, if it was asked for them", () => {
    expect(after({ aliases: { kind: "present", value: [] } })?.aliases).toEqual({
      kind: "present",
      value: [],
    });
  });
});

describe("policies that a sweep kept", () => {
  const KEPT = { policiesReadMs: 1, policiesKept: true } as const;
  const ABSENT = { kind: "absent" } as const;
  const policies = (...qualifiers: readonly string[]) =>
    new Map(qualifiers.map((qualifier) => [qualifier, ABSENT]));

  test.each<{ readonly fresh: Partial<LiveFunction>; readonly expected: object; readonly because: string }>([
    { fresh: { policiesReadMs: 2, policies: policies("", "live") }, expected: {}, because: "all were read" },
    { fresh: { policies: policies() }, expected: KEPT, because: "none was read" },
    { fresh: { policiesReadMs: 2, policies: policies("") }, expected: KEPT, because: "one was not read" },
  ])("are kept as before if a later read has no newer ones: $because", ({ fresh, expected }) => {
    const base = accountWith({ found: liveFunctionOf(BINDING, { policies: policies("", "live"), ...KEPT }) });

    const live = overlayLive(base, accountWith({ found: liveFunctionOf(BINDING, fresh) }));

    const region = live.regions.get(BINDING.region);
    const found = region?.kind === "read" ? region.functions.get(BINDING.functionName) : undefined;
    const { policiesReadMs, policiesKept } = found ?? {};
    expect({ policiesReadMs, policiesKept }).toEqual({
      policiesReadMs: 2,
      policiesKept: undefined,
      ...expected,
    });
  });
});
