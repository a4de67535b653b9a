/** The life of imported functions after the import, in memory and with a clock of its own. */
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import type { Desired } from "../../../src/model/desired.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";
import { customerManaged } from "../../support/adopt/estate.ts";
import { liveAccountOf } from "../../support/adopt/estate-live.ts";
import { importPlan } from "../../support/adopt/import.ts";
import { RecordedPasses, type States } from "../../support/fakes/recorded-passes.ts";
import { BOUNDARY } from "../../support/installation/estate.ts";
import { accountText } from "../../support/manifests.ts";
import { ACCOUNT, must, REGION } from "./aws-world.ts";

const ROUNDS = 12;
/** Longer than the wait until a write has an effect everywhere. */
export const BETWEEN_MS = 61_000;

/** The account may enforce now, and its boundary permits everything. @param more fields of the account, as YAML */
function platformWith(more: string): Readonly<Record<string, string>> {
  const account = accountText("orders-prod", ACCOUNT, more);
  return {
    "platform/accounts.yaml": account.replace("regions: [eu-west-1, us-east-1]", "regions: [eu-west-1]"),
    "platform/boundary.yaml": BOUNDARY.replace(/Action: .*/, `Action: "*"`),
  };
}

/** Its rules only warn. @param more fields of the account, as YAML */
export function permissivePlatform(more: string): Readonly<Record<string, string>> {
  return { ...platformWith(more), "platform/profile.yaml": PERMISSIVE };
}

const PERMISSIVE = `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: permissive }
spec:
  rules: { ATT-001: warn, CRED-001: warn, EXF-001: warn, ACT-001: warn, ACT-003: warn, ACT-005: warn, EXP-001: warn, PASS-001: warn, TMP-001: warn, "ESC-*": warn }
`;

/** What the files of the import declare in this mode. */
export function declaredIn(mode: "enforce" | "release", plan: ImportPlan): Desired {
  const files = plan.files.map(({ path, text }) => [
    path,
    text.replace("\n  mode: observe\n", `\n  mode: ${mode}\n`),
  ]);
  return importPlan([], { files: { ...platformWith(""), ...Object.fromEntries(files) } }).compilation.desired;
}

export const statesOf = ({ bindings, policies }: Desired): States => [
  ...bindings.values(),
  ...policies.values(),
];

/** Passes over the estate, which also has the boundary of the platform. */
export function passesOver(estate: Estate, { accounts, policies }: Desired): RecordedPasses {
  const live = liveAccountOf(estate);
  const boundaries = [...policies.values()].filter(({ use }) => use === "boundary");
  const added = boundaries.map(({ arn, policyName, document }) => {
    const [, reading] = customerManaged(policyName, []);
    if (reading.kind !== "present") throw new Error("a policy of a test is present");
    const versions = [{ id: "v1", text: compiledDocumentText(document), createdAtMs: 0 }];
    return [arn, { kind: "present", value: { ...reading.value, arn, versions } }] as const;
  });
  const account = must([...accounts.values()][0]);
  return new RecordedPasses({ ...live, policies: new Map([...live.policies, ...added]) }, account);
}

/** Passes with everything approved, until a second one writes nothing. @throws if they go on writing */
export async function converge(passes: RecordedPasses, desired: Desired): Promise<void> {
  let silent = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = passes.aws.writes.length;
    await passes.pass(statesOf(desired));
    passes.approve();
    passes.clock.set(passes.clock.nowMs() + BETWEEN_MS);
    silent = passes.aws.writes.length === before ? silent + 1 : 0;
    if (silent === 2) return;
  }
  throw new Error(`still writing after ${ROUNDS} passes`);
}

/** Everything that permits something, without tags. */
export function documentsOf({ roles, policies, regions }: LiveAccount): string {
  const shown = [...roles].map(([name, role]) => [
    name,
    role.kind === "present" ? { ...role.value, tags: [] } : role,
  ]);
  return JSON.stringify([shown, [...policies], callersOf({ regions })]);
}

/** The functions with their roles and resource policies. */
export function callersOf({ regions }: Pick<LiveAccount, "regions">): string {
  const functions = [...regions.values()].flatMap((one) =>
    one.kind === "read" ? [...one.functions.values()] : [],
  );
  return JSON.stringify(functions.map(({ name, roleArn, policies }) => [name, roleArn, [...policies]]));
}

export function ownedRoles({ roles }: LiveAccount): readonly string[] {
  return [...roles].flatMap(([name, role]) =>
    role.kind === "present" && role.value.tags.some(({ key }) => key === INSTANCE_TAG || key === OWNER_TAG)
      ? [name]
      : [],
  );
}

/** AWS gives each function a revision; an estate has none. */
export function withRevisions(live: LiveAccount): LiveAccount {
  const region = live.regions.get(REGION);
  if (region?.kind !== "read") throw new Error("the region was not read");
  const functions = new Map(
    [...region.functions].map(([name, found]) => [name, { ...found, revisionId: "r1" }]),
  );
  return { ...live, regions: new Map([[REGION, { ...region, functions }]]) };
}
