import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../../support/manifests.ts";
import { profileText } from "../../../../support/profiles.ts";
import { FILE, KEY, waiver } from "../compilation.ts";

const TEAM = "platform/team.yaml";
const PROFILE = "platform/profile.yaml";

function teamText(profile: string, name = "orders"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: {accounts: ["*"], functions: ["${name}-*", "a"], profile: ${profile}}
`;
}

function withTeam(profile: string, files: Readonly<Record<string, string>> = {}) {
  return compileTexts({ [FILE]: functionText("a"), [TEAM]: teamText(profile), ...files });
}

describe("the profile that a Team names", () => {
  test("applies to its namespace besides what the profile selects", () => {
    const { desired } = withTeam("p", {
      [PROFILE]: profileText("p", "{selector: {namespaces: [search]}, rules: {ACT-002: block}}"),
    });

    expect(desired.profiles).toMatchObject([
      { name: "p", selector: { teams: ["orders"], namespaces: ["search"] } },
    ]);
  });

  test("may select nothing itself: it is for Teams only", () => {
    const compilation = withTeam("p", { [PROFILE]: profileText("p", "{selector: {namespaces: []}}") });

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.profiles).toMatchObject([{ selector: { teams: ["orders"], namespaces: [] } }]);
  });

  test("may be a built-in one, which then selects nothing else", () => {
    const compilation = withTeam("strict");

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.profiles).toMatchObject([
      { name: "strict", selector: { teams: ["orders"], namespaces: [] }, rules: { "RES-001": "block" } },
    ]);
    expect(compilation.profiles).toEqual([]);
  });

  test("can be the same for several Teams", () => {
    const { desired } = withTeam("strict", {
      "platform/search.yaml": teamText("strict", "search").replace(', "a"', ""),
    });

    expect(desired.profiles.map(({ selector }) => selector.teams)).toEqual([["orders", "search"]]);
  });

  test("that does not exist is an error, and nothing of the namespace is applied", () => {
    const compilation = withTeam("strcit");

    expect(diagnosticTexts(compilation)).toEqual([
      'platform/team.yaml:4:64 unknown GuardrailProfile "strcit", did you mean strict? → name one of agents, baseline, strict',
    ]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("with an error leaves the namespace as it was applied, independent of its selector", () => {
    const compilation = withTeam("p", {
      [PROFILE]: profileText("p", "{selector: {namespaces: [search]}, maxUntil: soon}"),
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("makes its rules unwaivable there, and names the Team's line if it is built in", () => {
    const compilation = withTeam("strict", {
      "platform/w.yaml": waiver("orders/a@prod/eu-west-1").replace("RES-001", "RES-003"),
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/w.yaml:1:1 no waiver lifts RES-003 here: GuardrailProfile strict makes it unwaivable (platform/team.yaml:4:64) → remove the waiver, and change what the rule refuses",
    ]);
  });

  test("of a broken Team counts for nothing: the Team allows nothing", () => {
    const compilation = withTeam("strict", { [TEAM]: teamText("strict").replace("a", "A") });

    expect(compilation.desired.profiles).toEqual([]);
  });
});

test("a GuardrailProfile cannot have the name of a built-in one, which a Team may mean", () => {
  const compilation = withTeam("strict", { [PROFILE]: profileText("strict", "{rules: {RES-001: off}}") });

  expect(diagnosticTexts(compilation)).toEqual([
    "platform/profile.yaml:3:18 strict is the name of a built-in profile → rename it, and write base: strict to extend the built-in one",
  ]);
  expect([...compilation.invalid.keys()]).toContain(KEY);
});
