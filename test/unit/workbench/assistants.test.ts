import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Desired } from "../../../src/model/desired.ts";
import {
  BROKEN,
  compiledRepository,
  FIXED,
  manifestNames,
  writeRepository,
} from "../../support/assistants/repository.ts";
import { widenings } from "../../support/assistants/widening.ts";
import { cli } from "../../support/screens/cli.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-assistants-"));
});
afterEach(() => rm(root, { recursive: true }));

const NAMES = await manifestNames();

interface Found {
  readonly diagnostics: readonly {
    readonly file: string;
    readonly code: string;
    readonly lead: boolean;
    readonly severity: string;
    readonly fix: string | null;
    readonly line: number;
  }[];
}

async function validated(manifests: string): Promise<Found & { readonly code: number }> {
  await writeRepository(root, manifests);
  const { code, out } = await cli(["validate", root, "-o", "json"]);
  return { ...(JSON.parse(out) as Found), code };
}

/** The repository with the reference fixes, some files changed. */
async function compiled(replaced: Readonly<Record<string, (text: string) => string>> = {}): Promise<Desired> {
  await writeRepository(root, FIXED);
  for (const [path, change] of Object.entries(replaced)) {
    const file = join(root, path);
    const text = await readFile(file, "utf8");
    expect(change(text)).not.toBe(text);
    await writeFile(file, change(text));
  }
  return compiledRepository(root);
}

/** By manifest: the code of the finding that its mistake leads to. */
const CODES: Readonly<Record<string, string>> = {
  "any-resource": "RES-001",
  "end-without-zone": "value",
  escalation: "ESC-PutRolePolicy",
  "for-all-values": "CON-001",
  "not-action": "ACT-005",
  "not-resource": "RES-003",
  "open-arn": "RES-002",
  "outside-boundary": "BND-002",
  "pass-role": "PASS-001",
  "plain-operator": "CON-003",
  "polled-source": "not-a-caller",
  "public-url": "INV-003",
  "repeated-key": "duplicate-key",
  "role-tag": "TAG-001",
  tab: "yaml",
  "unknown-account": "unknown-account",
  "unknown-action": "ACT-003",
  "unknown-boundary": "boundary",
  "unknown-field": "unknown-field",
  "unknown-grant": "unknown-grant",
  "unknown-policy": "managed-policy",
  "unknown-variable": "substitution",
  "unknown-verb": "unknown-value",
  "verb-not-in-a-list": "type",
  "whole-service": "ACT-001",
  "wrong-version": "unknown-value",
};

describe("a broken manifest in validate -o json", () => {
  test("has one leading error at its place, with a fix", async () => {
    const { code, diagnostics } = await validated(BROKEN);
    const leads = diagnostics.filter(({ lead, severity }) => lead && severity === "error");
    const byName = leads.map(({ file, code: found, fix, line }) => {
      expect(fix ?? "").not.toBe("");
      expect(line).toBeGreaterThan(0);
      return [file.replace(/^.*\/|\.yaml$/g, ""), found] as const;
    });

    expect(code).toBe(3);
    expect(NAMES.length).toBeGreaterThanOrEqual(20);
    expect(byName).toEqual(NAMES.map((name) => [name, CODES[name]]));
  });

  test("has a fix that the page allows first: the existing name, or a removal", async () => {
    const { diagnostics } = await validated(BROKEN);
    const fixOf = (name: string): string | null | undefined =>
      diagnostics.find(({ file, lead }) => lead && file.endsWith(`/${name}.yaml`))?.fix;

    expect(fixOf("unknown-policy")).toMatch(/^did you mean "audit-read"\?/);
    expect(fixOf("unknown-account")).toMatch(/^did you mean "prod"\?/);
    expect(fixOf("unknown-boundary")).toMatch(/^remove role\.boundary,/);
    expect(fixOf("role-tag")).toMatch(/^remove the tag;/);
    expect(fixOf("outside-boundary")).toMatch(/^remove it;/);
    expect(fixOf("public-url")).toMatch(/^name who calls: authType: iam with account and roles,/);
  });

  test("with its reference fix has no finding left", async () => {
    const { code, diagnostics } = await validated(FIXED);

    // The boundary of these manifests is open, so that it closes none of the mistakes in them.
    expect(diagnostics.filter((found) => found.code !== "BND-004")).toEqual([]);
    expect(code).toBe(0);
  });
});

describe("a fix of the broken manifests", () => {
  test("that is the reference widens nothing", async () => {
    const reference = await compiled();

    expect(widenings(reference, reference)).toEqual([]);
  });

  test.each([
    {
      path: "teams/orders/any-resource.yaml",
      change: (text: string) => text.replace(":orders-incoming", ":*"),
      because: "a queue becomes every queue of the account",
    },
    {
      path: "teams/orders/whole-service.yaml",
      change: (text: string) => text.replace('"s3:GetObject"', '["s3:GetObject", "s3:PutObject"]'),
      because: "an action is added",
    },
    {
      path: "teams/orders/for-all-values.yaml",
      change: (text: string) => text.replace(/ +Condition:\n.*\n.*\n/, ""),
      because: "a condition is removed",
    },
    {
      path: "teams/orders/public-url.yaml",
      change: (text: string) => text.replace('"222222222222"', '"444455556666"'),
      because: "another account may call",
    },
    {
      path: "teams/orders/unknown-grant.yaml",
      change: (text: string) => text.replace("[read]", "[read, scan]"),
      because: "a verb is added",
    },
    {
      path: "teams/orders/unknown-policy.yaml",
      change: (text: string) =>
        text.replace("audit-read", "audit-read, arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
      because: "another policy is attached",
    },
    {
      path: "teams/orders/policies.yaml",
      change: (text: string) => text.replace("audit/*", "*"),
      because: "an attached policy grows",
    },
    {
      path: "platform/boundary.yaml",
      change: (text: string) => text.replace('"iam:*"', '"iam:*", "ses:*"'),
      because: "the boundary grows",
    },
    {
      path: "platform/accounts.yaml",
      change: (text: string) => text.replace("[cost-center]", "[cost-center, team]"),
      because: "the account allows another tag key",
    },
  ])("is recognized as wider if $because", async ({ path, change }) => {
    const reference = await compiled();

    expect(widenings(await compiled({ [path]: change }), reference)).not.toEqual([]);
  });

  test("that drops a permission is not wider", async () => {
    const reference = await compiled();
    const fix = await compiled({
      "teams/orders/not-action.yaml": (text) => text.replace(', "s3:PutObject"', ""),
    });

    expect(widenings(fix, reference)).toEqual([]);
  });
});
