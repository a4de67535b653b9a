import { expect, test } from "@jest/globals";
import { importPlan } from "../../support/adopt/import.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { BadInput, GOOD, NOT_PARSED, WAYS, type Way } from "./imported-bad-input.ts";

interface Row {
  readonly problem: string;
  readonly way: Way;
  /** `proven`: approved, and its first write to the role or its switch comes next; `end`: it is adopted. */
  readonly when: "proven" | "claimed" | "end";
  readonly change: (bad: BadInput) => void;
  readonly reason: string;
  /** null: the reason names it, or it is to wait. */
  readonly next: string | null;
  /** What coverage shows; null: the function is in no listing. */
  readonly coverage: string | null;
}

const DOCTOR = "grantkeeper doctor shows whether a permission is missing";
const UNUSED = "observed: it runs on api-role, not on the declared role";
const UNAPPLIED = "switched: no revision was applied to its role yet";
const MANAGED = "managed: ";

const unreadAliases = (bad: BadInput): void =>
  bad.changeFunction("api", { aliases: { kind: "unknown", reason: "lambda:ListAliases: AccessDenied" } });
const addNotParsed = (bad: BadInput): void =>
  bad.changeRole("api-role", { inline: [...bad.role("api-role").inline, NOT_PARSED] });
const reachQuota = (bad: BadInput): void => {
  const message = "Cannot exceed quota for RolesPerAccount: 1000";
  bad.passes.aws.mishap = () => ({
    kind: "fails",
    error: awsError("terminal", { code: "LimitExceeded", message }),
  });
};

const ROWS: readonly Row[] = [
  // A half-readable account.
  ...WAYS.flatMap((way): readonly Row[] => [
    {
      problem: "its roles cannot be read",
      way,
      when: "proven",
      change: (bad) => bad.denyRoles(),
      reason: "iam:GetRole: AccessDenied",
      next: DOCTOR,
      coverage: way === "in place" ? UNAPPLIED : UNUSED,
    },
    {
      problem: "its roles cannot be read",
      way,
      when: "end",
      change: (bad) => bad.denyRoles(),
      reason: "iam:GetRole: AccessDenied",
      next: DOCTOR,
      coverage: MANAGED,
    },
    {
      problem: "its aliases cannot be read",
      way,
      when: "proven",
      change: unreadAliases,
      reason: "its aliases were not read: lambda:ListAliases: AccessDenied",
      next: DOCTOR,
      coverage: way === "in place" ? UNAPPLIED : UNUSED,
    },
    // A statement that cannot be parsed.
    {
      problem: "its old role gets a statement that cannot be parsed",
      way,
      when: "proven",
      change: addNotParsed,
      reason: "the declared role does not grant the same as role api-role",
      next: "change the manifest: grantkeeper describe lists the differences under COMPARED",
      coverage: way === "in place" ? UNAPPLIED : UNUSED,
    },
    // A function that is deleted.
    {
      problem: "its function is deleted",
      way,
      when: "end",
      change: (bad) => bad.deleteFunction("api"),
      reason: "the function does not exist yet: it is to be deployed with the declared role",
      next: null,
      coverage: null,
    },
    // A role that is created again.
    {
      problem: "its old role is created again",
      way,
      when: "proven",
      change: (bad) => bad.recreateRole("api-role"),
      reason: "role api-role was deleted and created again, so the proof began again",
      next: "find out who created the role again; if that was intended, wait",
      coverage: way === "in place" ? UNAPPLIED : UNUSED,
    },
  ]),
  {
    problem: "its role gets a statement that cannot be parsed",
    way: "in place",
    when: "claimed",
    change: addNotParsed,
    reason: "the declared role does not grant the same as role api-role",
    next: "change the manifest: grantkeeper describe lists the differences under COMPARED",
    coverage: UNAPPLIED,
  },
  {
    problem: "its role gets a statement that cannot be parsed",
    way: "in place",
    when: "end",
    change: addNotParsed,
    reason: '"odd" has a Deny: a restriction added outside Git',
    next: "approve",
    coverage: MANAGED,
  },
  {
    problem: "AWS answers that a quota is reached",
    way: "in place",
    when: "claimed",
    change: reachQuota,
    reason: "Cannot exceed quota for RolesPerAccount: 1000",
    next: "ask AWS to raise the quota",
    coverage: UNAPPLIED,
  },
  {
    problem: "AWS answers that a quota is reached",
    way: "switched",
    when: "proven",
    change: reachQuota,
    reason: "Cannot exceed quota for RolesPerAccount: 1000",
    next: "ask AWS to raise the quota",
    coverage: UNUSED,
  },
  ...(["proven", "claimed"] as const).map((when): Row => ({
    problem: "its function is deleted",
    way: "in place",
    when,
    change: (bad) => bad.deleteFunction("api"),
    reason: "not taken over: function api does not exist",
    next: "deploy the function on this role again, or remove role.adopt or the manifest",
    coverage: null,
  })),
  {
    problem: "its function is deleted",
    way: "switched",
    when: "proven",
    change: (bad) => bad.deleteFunction("api"),
    reason: "the function does not exist yet; its role is ready",
    next: null,
    coverage: null,
  },
  ...(["claimed", "end"] as const).map((when): Row => ({
    problem: "its role is created again",
    way: "in place",
    when,
    change: (bad) => bad.recreateRole("api-role"),
    reason: "the role was deleted and made again",
    next: "find out who created it; remove role.adopt and role.path, so that the function gets a new role",
    coverage: when === "end" ? MANAGED : UNAPPLIED,
  })),
  ...(["proven", "end"] as const).map((when): Row => ({
    problem: "its declared role is created again",
    way: "switched",
    when,
    change: (bad) => bad.recreateRole("api-eu-west-1"),
    reason: "the role was deleted and made again",
    next:
      when === "end"
        ? "find out who created it; a function runs on it, so keep it: declare another name in role.name"
        : "find out who created it; delete it once no function or published version runs on it, and Grantkeeper recreates it as declared",
    coverage: when === "end" ? MANAGED : UNUSED,
  })),
];

/** Until the moment of the row. */
async function begin({ way, when }: Pick<Row, "way" | "when">): Promise<BadInput> {
  const bad = new BadInput(GOOD, importPlan(GOOD), way);
  await bad.proven();
  if (when === "claimed") for (let pass = 0; pass < 2; pass += 1) await bad.pass();
  if (when === "end") await bad.passAll();
  return bad;
}

test.each(ROWS)(
  "a function that is adopted $way ($when) shows why nothing is written, and the next step, if $problem",
  async (row) => {
    const bad = await begin(row);
    row.change(bad);
    const changed = bad.live.roles;

    const calls = await bad.callsOf(async () => {
      await bad.read();
      await bad.passAll();
    });

    const { reasons, next, coverage } = bad.shown("api");
    expect(reasons.join("\n")).toContain(row.reason);
    expect(next.join("\n")).toContain(row.next ?? "");
    expect(coverage).toBe(row.coverage);
    expect(calls).toEqual([]);
    expect(bad.live.roles).toEqual(changed);
  },
);
