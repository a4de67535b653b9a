import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DAY_MS } from "../../../../src/adopt/evidence/action-use.ts";
import type { FunctionEvidence } from "../../../../src/adopt/evidence/function-use.ts";
import { provedNarrower } from "../../../../src/iam/compare/containment.ts";
import { compiledDocumentText } from "../../../../src/iam/read/print.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { COMPILE_CONTEXT, NOW_MS, parseText } from "../../../support/manifests.ts";
import {
  PROD,
  FILE,
  ROLE,
  UNUSED,
  USED,
  tracked,
  knownEvidence,
  ACCOUNTS,
  suggestFor,
  manifest,
  SPEC,
  ALL_USED,
  textOf,
  advice,
} from "./suggest-scene.ts";

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
