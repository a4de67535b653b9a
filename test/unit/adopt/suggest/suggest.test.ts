import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { known } from "../../../../src/adopt/estate/estate.ts";
import { DAY_MS } from "../../../../src/adopt/evidence/action-use.ts";
import type { FunctionEvidence } from "../../../../src/adopt/evidence/function-use.ts";
import type { ServiceAccess } from "../../../../src/adopt/estate/role-access.ts";
import { suggest, type Suggestions } from "../../../../src/adopt/suggest/suggest.ts";
import { provedNarrower } from "../../../../src/iam/compare/containment.ts";
import { compiledDocumentText } from "../../../../src/iam/read/print.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { accountText, COMPILE_CONTEXT, NOW_MS, parseText } from "../../../support/manifests.ts";

const PROD = "111122223333";
const FILE = "teams/orders/api.yaml";
const ROLE = {
  name: "orders",
  arn: `arn:aws:iam::${PROD}:role/orders`,
  createdAtMs: NOW_MS - 900 * DAY_MS,
  lastUsedAtMs: NOW_MS,
  functions: 1,
};

const UNUSED: ServiceAccess = { lastAtMs: null, actions: new Map() };
const USED: ServiceAccess = { lastAtMs: NOW_MS, actions: new Map() };

function tracked(actions: Readonly<Record<string, number | null>>): ServiceAccess {
  return { lastAtMs: NOW_MS, actions: new Map(Object.entries(actions)) };
}

function knownEvidence({ region, functionName, accountId }: DesiredBinding): FunctionEvidence {
  return { kind: "known", accountId, region, functionName, roles: [ROLE] };
}

interface Setting {
  readonly services: Readonly<Record<string, ServiceAccess>>;
  readonly evidenceOf?: (binding: DesiredBinding) => FunctionEvidence;
  readonly isSelected?: (binding: DesiredBinding) => boolean;
  readonly hasText?: boolean;
  /** What the bindings were compiled from, instead of the text. */
  readonly compiledText?: string;
}

const ACCOUNTS = {
  "platform/accounts.yaml": accountText("prod", PROD)
    .replace("  boundary: platform-default\n", "")
    .replace("mode: enforce", "mode: observe"),
};

function suggestFor(text: string, setting: Setting): Suggestions {
  const { services, evidenceOf = knownEvidence, isSelected = () => true, hasText = true } = setting;
  const other = parseText(FILE, setting.compiledText ?? text);
  const files = Object.entries({ ...ACCOUNTS, [FILE]: text }).map(([path, content]) =>
    parseText(path, content),
  );
  const report = { reportedAtMs: NOW_MS, services: new Map(Object.entries(services)) };
  return suggest({
    files,
    texts: new Map(hasText ? [[FILE, text]] : []),
    compilation: compile([...files.filter(({ path }) => path !== FILE), other], COMPILE_CONTEXT),
    context: COMPILE_CONTEXT,
    isSelected,
    evidenceOf,
    sources: { accessed: new Map([[ROLE.arn, known(report)]]), trail: null, nowMs: NOW_MS },
  });
}

function manifest(spec: string, name = "api", regions = "eu-west-1"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [prod], regions: [${regions}]}]
${spec}`;
}

const SPEC = `  grants:
    # the orders
    - dynamodb: {table: orders, allow: [read, write]}
    # the mails
    - ses: {identity: example.com, allow: [send]}
    - sqs: {queue: orders, allow: [send, consume]}
  statements:
    - reason: from before
      statement: {Effect: Allow, Action: ["sns:Publish", "sqs:PurgeQueue", "kms:*"], Resource: "*"}
    - reason: a limit
      statement: {Effect: Deny, Action: "s3:*", Resource: "*"}
`;

const ALL_USED = { dynamodb: USED, ses: USED, sqs: USED, sns: USED, kms: USED };

function textOf({ files }: Suggestions): string | undefined {
  return files.find(({ path }) => path === FILE)?.text;
}

function advice({ manifests }: Suggestions): Readonly<Record<string, string>> {
  const all = manifests.flatMap(({ permissions }) => permissions);
  return Object.fromEntries(all.map(({ label, advice: given }) => [label, given]));
}

describe("a smaller manifest", () => {
  test("has no grant of a service that was not accessed, and every other byte", () => {
    const found = suggestFor(manifest(SPEC), { services: { ...ALL_USED, ses: UNUSED } });

    expect(textOf(found)).toBe(
      manifest(SPEC.replace("    # the mails\n    - ses: {identity: example.com, allow: [send]}\n", "")),
    );
    expect(found.manifests[0]?.outcome).toMatchObject({
      kind: "smaller",
      drops: [
        {
          rows: ["ses:SendEmail", "ses:SendRawEmail"].map((name) => ({
            action: { kind: "one", name },
            certainty: "proved",
          })),
        },
      ],
    });
  });

  test("has no action of a statement that was not attempted", () => {
    const services = { ...ALL_USED, kms: UNUSED, sqs: tracked({ purgequeue: null, getqueueurl: NOW_MS }) };

    const found = suggestFor(manifest(SPEC), { services });

    expect(textOf(found)).toContain('Action: ["sns:Publish"]');
    expect(advice(found)).toMatchObject({
      "kms:*": "remove",
      "sqs:PurgeQueue": "remove",
      "sns:Publish": "keep",
      "sqs send": "keep",
    });
  });

  test("has no list that would be empty", () => {
    const grants = `  logs: false\n  grants:\n    - ses: {identity: example.com, allow: [send]}\n  tracing: true\n`;

    const found = suggestFor(manifest(grants), { services: { ses: UNUSED } });

    expect(textOf(found)).toBe(manifest("  logs: false\n  tracing: true\n"));
  });

  test("has no verb of which no action was attempted, and keeps one of which an action may be", () => {
    const spec = `  grants:\n    - secrets: {secret: a, allow: [read, rotate]}\n`;
    const read = { getsecretvalue: NOW_MS, describesecret: NOW_MS };
    const services = {
      secretsmanager: tracked({
        ...read,
        putsecretvalue: null,
        updatesecretversionstage: null,
        getrandompassword: null,
      }),
    };

    expect(textOf(suggestFor(manifest(spec), { services }))).toBeUndefined();
    expect(advice(suggestFor(manifest(spec), { services }))).toEqual({
      "secrets read": "keep",
      "secrets rotate": "keep",
    });
  });

  test("is no suggestion while a function of the manifest is not known", () => {
    const evidenceOf = (binding: DesiredBinding): FunctionEvidence =>
      binding.region === "eu-west-1" ? knownEvidence(binding) : { kind: "unknown", because: "not read" };

    const found = suggestFor(manifest(SPEC, "api", "eu-west-1, us-east-1"), {
      services: { ...ALL_USED, ses: UNUSED },
      evidenceOf,
    });

    expect(found.files).toEqual([]);
    expect(found.manifests[0]?.permissions[2]?.use).toEqual({ kind: "unknown", because: "not read" });
    expect(found.manifests[0]?.outcome).toEqual({ kind: "unchanged" });
  });

  test("is no suggestion with weak evidence, which is for people", () => {
    const evidenceOf = (binding: DesiredBinding): FunctionEvidence => {
      const young = { ...ROLE, createdAtMs: NOW_MS - 30 * DAY_MS };
      return { ...knownEvidence(binding), kind: "known", roles: [young] } as FunctionEvidence;
    };

    const found = suggestFor(manifest(SPEC), { services: { ...ALL_USED, ses: UNUSED }, evidenceOf });

    expect(found.files).toEqual([]);
    expect(advice(found)["ses send"]).toBe("review");
  });

  test("keeps what delivers failures, which a good year does not show", () => {
    const found = suggestFor(manifest(SPEC), { services: { ...ALL_USED, sns: UNUSED } });

    expect(advice(found)["sns:Publish"]).toBe("review");
  });

  test("is made of the selected manifests of a file only", () => {
    const text = `${manifest(SPEC)}---\n${manifest(SPEC, "job")}`;

    const found = suggestFor(text, {
      services: { ...ALL_USED, ses: UNUSED },
      isSelected: ({ name }) => name === "job",
    });

    expect(found.manifests.map(({ bindings }) => bindings[0]?.name)).toEqual(["job"]);
    expect(textOf(found)?.split("ses:")).toHaveLength(2);
    expect(textOf(found)?.startsWith(`${manifest(SPEC)}---\n`)).toBe(true);
  });

  test("of two documents of a file has both edits", () => {
    const text = `${manifest(SPEC)}---\n${manifest(SPEC, "job")}`;

    const found = suggestFor(text, { services: { ...ALL_USED, ses: UNUSED } });

    expect(textOf(found)?.split("ses:")).toHaveLength(1);
    expect(found.manifests.map(({ outcome }) => outcome.kind)).toEqual(["smaller", "smaller"]);
  });

  test("is not suggested without the text of its file", () => {
    const found = suggestFor(manifest(SPEC), { services: { ...ALL_USED, ses: UNUSED }, hasText: false });

    expect(found.manifests[0]?.outcome).toMatchObject({ kind: "refused" });
    expect(found.files).toEqual([]);
  });

  test("is not suggested if its text has a form that is not edited", () => {
    const odd = SPEC.replace("    # the mails\n    - ses: ", "    - # the mails\n      ses: ");

    const found = suggestFor(manifest(odd), { services: { ...ALL_USED, ses: UNUSED } });

    expect(found.manifests[0]?.outcome).toEqual({
      kind: "refused",
      because: "its text has a form that Grantkeeper does not edit: remove the permissions by hand",
    });
    expect(found.files).toEqual([]);
  });

  test("is suggested if only another document of its file is not edited", () => {
    const odd = SPEC.replace("    # the mails\n    - ses: ", "    - # the mails\n      ses: ");
    const text = `${manifest(odd)}---\n${manifest(SPEC, "job")}`;

    const found = suggestFor(text, { services: { ...ALL_USED, ses: UNUSED } });

    expect(found.manifests.map(({ outcome }) => outcome.kind)).toEqual(["refused", "smaller"]);
    expect(textOf(found)?.startsWith(`${manifest(odd)}---\n`)).toBe(true);
  });

  test("is not suggested if it changes more than was compiled", () => {
    const compiledText = manifest(`${SPEC}  role: {description: other}\n`);

    const found = suggestFor(manifest(SPEC), { services: { ...ALL_USED, ses: UNUSED }, compiledText });

    expect(found.manifests[0]?.outcome).toEqual({
      kind: "refused",
      because: "more than its permissions would change",
    });
    expect(found.files).toEqual([]);
  });

  test("leaves a permission that two entries declare", () => {
    const twice = `  grants:\n    - ses: {identity: example.com, allow: [send]}\n    - ses: {identity: example.com, allow: [send]}\n`;

    const found = suggestFor(manifest(twice), { services: { ses: UNUSED } });

    expect(found.manifests[0]?.permissions.map(({ advice: given }) => given)).toContain("keep");
    expect(found.manifests[0]?.outcome.kind).not.toBe("unchanged");
  });

  test("is within the present one for every use", () => {
    const access = fc.constantFrom(UNUSED, USED, tracked({ purgequeue: null, publish: NOW_MS }));
    const services = fc.record({ dynamodb: access, ses: access, sqs: access, sns: access, kms: access });
    const before = inlineText(manifest(SPEC));
    fc.assert(
      fc.property(services, (used) => {
        const text = textOf(suggestFor(manifest(SPEC), { services: used })) ?? manifest(SPEC);

        const context = { dialect: "identity", partition: "aws", accountId: PROD } as const;
        expect(provedNarrower(inlineText(text), before, context)).toEqual({ kind: "proved" });
      }),
      { numRuns: 40 },
    );
  });
});

function inlineText(text: string): string {
  const files = Object.entries({ ...ACCOUNTS, [FILE]: text }).map(([path, content]) =>
    parseText(path, content),
  );
  const [binding] = [...compile(files, COMPILE_CONTEXT).desired.bindings.values()];
  if (binding === undefined) throw new Error("the manifest is not valid");
  return compiledDocumentText(binding.role.inline);
}

describe("the log group that a function needs", () => {
  test.each([
    { logs: "{groupPrefix: /aws/lambda/orders-prod}", groups: ["/aws/lambda/orders-prod-api"] },
    { logs: "{group: /aws/lambda/orders-prod-worker}", groups: [] },
    { logs: "false", groups: [] },
  ])("is $groups instead of logs: $logs", ({ logs, groups }) => {
    const found = suggestFor(manifest(`  function: orders-prod-api\n  logs: ${logs}\n`), { services: {} });

    expect(found.manifests[0]?.ownLogGroups).toEqual(groups);
  });
});

test("the log groups that several functions need are those of all of them", () => {
  const spec = '  function: "orders-prod-${region}"\n  logs: {groupPrefix: /aws/lambda/orders-prod}\n';

  const found = suggestFor(manifest(spec, "api", "eu-west-1, us-east-1"), { services: {} });

  expect(found.manifests[0]?.ownLogGroups).toEqual([
    "/aws/lambda/orders-prod-eu-west-1",
    "/aws/lambda/orders-prod-us-east-1",
  ]);
});

describe("the nearest grants of a manifest's statements", () => {
  test("are listed with what they drop, without evidence", () => {
    const spec = `  statements:
    - reason: from before
      statement: {Effect: Allow, Action: ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:PurgeQueue"], Resource: "arn:aws:sqs:eu-west-1:${PROD}:orders"}
`;

    const found = suggestFor(manifest(spec), { services: {} });

    expect(found.manifests[0]?.nearest).toEqual([
      {
        path: "spec.statements[0].statement",
        nearest: {
          grants: [{ grant: "sqs", fields: { queue: "orders", allow: ["GetQueueUrl", "SendMessage"] } }],
          drops: ["sqs:PurgeQueue"],
          dropsInPart: [],
        },
      },
    ]);
  });
});
