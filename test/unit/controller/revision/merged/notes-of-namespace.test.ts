import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Files } from "../../../../../demo/manifests.ts";
import type { ControllerSettings } from "../../../../../src/controller/settings.ts";
import type { Namespace } from "../../../../../src/model/aws/ids.ts";
import { awsError } from "../../../../support/fakes/fake-aws.ts";
import { settled } from "../../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../../support/fakes/fake-controller.ts";
import type { MemorySource } from "../../../../support/fakes/memory-source.ts";
import { profileText } from "../../../../support/profiles.ts";
import { ACCOUNT_ID } from "../../../../support/pass/bindings.ts";
import { awsHas, FILES } from "../shown-commits.ts";

const PAYMENTS = "payments" as Namespace;
const TABLE = '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}}]\n';

let fake: FakeController;
let payments: MemorySource;

beforeEach(() => {
  fake = new FakeController();
  payments = fake.addSource("payments");
});

afterEach(async () => {
  const ended = fake.stop();
  await fake.clock.pass(11_000);
  await ended;
});

function specOf(name: string, spec: string): Readonly<Record<string, string>> {
  return { [`${name}.yaml`]: manifests({ [name]: spec })[`teams/orders/${name}.yaml`] ?? "" };
}

function texts(): readonly string[] {
  return fake.recorder.alerts.flatMap((alert) =>
    alert.kind === "pull-request-note"
      ? [
          alert.text
            .replaceAll(/<\/?code>/g, "`")
            .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
        ]
      : [],
  );
}

async function fetched(): Promise<void> {
  fake.control.fetchSoon("test", [null, PAYMENTS]);
  await settled();
  await fake.clock.pass(2 * SWEEP_MS);
}

interface Converged {
  /** Of the function `refunds`. */
  readonly spec?: string;
  readonly files?: Files;
  readonly settings?: Partial<ControllerSettings>;
}

/** Both sources are applied, and comments of this one are switched on. */
async function converged(
  noted: Namespace | null,
  { spec = READ_ORDERS, files = FILES, settings = {} }: Converged = {},
): Promise<void> {
  payments.push(specOf("refunds", spec));
  awsHas(fake, FILES);
  fake.source.push(files);
  await fake.start({ notedSources: new Set([noted]), approvers: { security: ["dana"] }, ...settings });
  await fake.converge();
  await fetched();
  await fake.converge();
  await fetched();
  fake.recorder.alerts.splice(0);
}

test("a comment in the repository of one namespace names no function and no file of others", async () => {
  await converged(PAYMENTS);

  payments.push({
    ...specOf("refunds", READ_ORDERS),
    ...specOf("probe", `  function: a\n${READ_ORDERS}`),
    ...specOf("probe2", `  role: {name: orders-a-eu-west-1}\n${READ_ORDERS}`),
  });
  await fetched();

  const shown = texts().join("\n");
  expect(shown).toContain("payments/probe");
  expect(shown).toContain("grantkeeper describe FUNCTION");
  expect(shown).not.toMatch(/orders\/|teams\/|orders-a/);
});

test.each([
  {
    spec: "{approval: {for: new-access, group: security}}",
    who: "by a member of the group that the platform names for this change: `grantkeeper get approvals` shows it to your team",
    because: "the profile names a group, which is of the platform",
  },
  {
    spec: "{approval: {for: new-access}}",
    who: "by everyone who may approve in namespace `payments`",
    because: "the profile names no group",
  },
])(
  "a comment in the repository of one namespace names how and by whom it is approved, and no one of the platform: $because",
  async ({ spec, who }) => {
    const profile = profileText("reviewed", spec);
    await converged(PAYMENTS, { files: { ...FILES, "platform/profile.yaml": profile } });

    payments.push(specOf("refunds", WRITE_ORDERS));
    await fetched();

    const shown = texts().at(-1) ?? "";
    expect(shown).toMatch(
      /awaiting approval, entry \d+; to approve: `grantkeeper approve \w+ --reason TEXT`, by /,
    );
    expect(shown).toContain(`, ${who}\n`);
    expect(texts().join("\n")).not.toMatch(/security|dana/);
  },
);

test("a rejected and a held revision are shown to the repository of one namespace without their reasons", async () => {
  await converged(PAYMENTS);
  payments.relation = "rewritten";

  payments.push(specOf("refunds", WRITE_ORDERS));
  await fetched();
  const held = texts().join("\n");
  const hold = (await fake.control.overview()).holds.find(({ code }) => code === "revision");
  const subject = hold?.subject ?? "";
  const answer = await fake.control.reject({ subject, reason: "as orders/a does" }, "dana");

  expect([answer.kind, texts().at(-1)?.split("\n", 1)[0]]).toEqual([
    "ok",
    "### Grantkeeper: not accepted, rejected",
  ]);
  expect(held).toContain("not accepted, awaiting approval");
  expect(held).toContain(
    "--reason TEXT`, by someone who may approve in all namespaces: ask the platform team.",
  );
  expect(held).not.toMatch(/force|rewritten/);
  expect(texts().join("\n")).not.toContain("as orders/a does");
});

test("a change of the platform that AWS refuses for a function of a namespace is never shown as applied", async () => {
  const accounts = FILES["platform/accounts.yaml"] ?? "";
  const withTable = (name: string) => ({
    ...FILES,
    "platform/accounts.yaml": accounts.replace("{ordersTable: orders-prod}", `{ordersTable: ${name}}`),
  });
  await converged(null, { spec: TABLE, files: withTable("orders") });
  fake.cloud.account(ACCOUNT_ID).mishap = () => ({
    kind: "fails",
    error: awsError("circuit", { code: "AccessDenied" }),
  });

  fake.source.push(withTable("secrets"));
  await fetched();
  fake.source.push(withTable("third"));
  await fetched();

  expect(texts().filter((text) => text.startsWith("### Grantkeeper: applied"))).toEqual([]);
  expect(texts().some((text) => text.startsWith("### Grantkeeper: not applied completely"))).toBe(true);
  expect(texts().join("\n")).not.toMatch(/were? before a newer revision/);
});

test("a deletion that awaits approval, of a function that its Team does not allow any more, is to be asked for from the platform team", async () => {
  const platform = (functions: string) => ({
    ...FILES,
    "platform/accounts.yaml": `${FILES["platform/accounts.yaml"] ?? ""}  limits: {deletes: 0}\n`,
    "platform/teams.yaml": `${teamText("orders", "a")}---\n${teamText("payments", functions)}`,
  });
  const simulator = { propagationWaitMs: 0, deleteQuietMs: 0, revertOtherMs: 0, waveIntervalMs: 0 };
  const compile = { ...SETTINGS.compile, namespaceSources: new Set(["payments"]), simulator };
  const spec = `${READ_ORDERS}  deletionPolicy: delete\n`;
  await converged(PAYMENTS, { spec, files: platform("refunds"), settings: { compile } });

  fake.source.push(platform("others-*"));
  payments.push(specOf("others-a", READ_ORDERS));
  await fetched();
  await fake.clock.pass(2 * SWEEP_MS);

  expect(texts().at(-1)).toMatch(
    /`payments\/refunds@prod\/eu-west-1`: awaiting approval, entry \d+; to approve: ask the platform team\n/,
  );
});

function teamText(name: string, functions: string): string {
  const head = "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\n";
  return `${head}metadata: {name: ${name}}\nspec: {accounts: [prod], functions: ["${functions}"], resources: ["*"]}\n`;
}
