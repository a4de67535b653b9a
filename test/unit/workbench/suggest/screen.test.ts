import { expect, test } from "@jest/globals";
import type { SuggestionReport } from "../../../../src/workbench/suggest/report.ts";
import { suggestionLines } from "../../../../src/workbench/suggest/screen.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

type Manifest = SuggestionReport["manifests"][number];
type Permission = Manifest["permissions"][number];

const NOTHING = "no evidence was read";

function permission(name: string, more: Partial<Permission> = {}): Permission {
  return {
    permission: name,
    path: "spec.grants[0]",
    actions: [],
    use: "unknown",
    lastSeen: null,
    confidence: null,
    days: null,
    granularity: null,
    because: NOTHING,
    advice: "keep",
    ...more,
  };
}

function manifest(name: string, permissions: readonly Permission[], more: Partial<Manifest> = {}): Manifest {
  return {
    file: `teams/${name}.yaml`,
    manifest: name,
    targets: [`${name}@prod/eu-west-1`],
    permissions,
    nearest: [],
    ownLogGroups: [],
    outcome: "unchanged",
    because: null,
    drops: [],
    ...more,
  };
}

function screen(manifests: readonly Manifest[], more: Partial<SuggestionReport> = {}): string {
  const report: SuggestionReport = {
    lastAccessed: false,
    cloudtrail: null,
    unreadAccounts: [],
    unreadRoles: [],
    manifests,
    branch: null,
    ...more,
  };
  const lines = suggestionLines(report, { width: 200 } as Parameters<typeof suggestionLines>[1]);
  return lines.map(lineText).join("\n");
}

test("one reason for all permissions of several manifests is shown once, with their number", () => {
  const manifests = ["a/x", "a/y", "a/z"].map((name) =>
    manifest(name, [permission("sqs send"), permission("sqs consume")]),
  );

  expect(screen(manifests)).toBe(`3 manifests: 0 can be smaller; no evidence of use was read

Kept: their use is not known
  = 3 manifests (a/x, a/y, a/z), 6 permissions: ${NOTHING}`);
});

test("such a manifest has a part of its own for what else is known of it", () => {
  const other = manifest("a/y", [permission("sqs send")], { ownLogGroups: ["/aws/lambda/y"] });

  expect(screen([manifest("a/x", [permission("sqs send")]), other])).toContain(`
a/y in teams/a/y.yaml
  for a change of its own, remove spec.logs.groupPrefix: the function then writes to its own log group only (/aws/lambda/y)

Kept: their use is not known
  = 2 manifests (a/x, a/y), 2 permissions: ${NOTHING}`);
});

test.each<{ readonly because: string; readonly all: readonly Permission[] }>([
  { because: "is the only one", all: [permission("sqs send")] },
  { because: "has several reasons", all: [permission("sqs send"), permission("ses send", { because: "?" })] },
  {
    because: "was seen to use it",
    all: [permission("sqs send", { use: "used", because: "used on Monday" })],
  },
])("the permissions of a manifest that $because are shown with it", ({ all }) => {
  const text = screen([manifest("a/x", all)]);

  for (const one of all) expect(text).toContain(`  = ${one.permission}: ${one.because}`);
  expect(text).not.toContain("Kept:");
});

test("each function of a manifest writes to its own log group", () => {
  const one = manifest("a/x", [], { ownLogGroups: ["/aws/lambda/x-eu", "/aws/lambda/x-us"] });

  expect(screen([one])).toContain(
    "each function then writes to its own log group only (/aws/lambda/x-eu, /aws/lambda/x-us)",
  );
});

test("roles that were not read for the same reason are one line", () => {
  const unreadRoles = ["arn:a", "arn:b"].map((role) => ({ role, reason: "AccessDenied" }));

  expect(screen([manifest("a/x", [])], { unreadRoles })).toContain("\n  arn:a, arn:b: AccessDenied");
});
