import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { RULE_PAGES } from "../../../src/guard/pages/pages.ts";
import type { RuleExample } from "../../../src/guard/pages/rule-page.ts";
import { RULE_CORRECTIONS } from "../../../src/guard/pages/corrections.ts";
import { judgeDesired, remediesOf } from "../../../src/guard/judge-desired.ts";
import { RULES } from "../../../src/guard/table.ts";
import { authorsOf } from "../../../src/source/authors/commit-object.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText } from "../../support/manifests.ts";
import {
  ACCOUNT,
  calledBy,
  contextOf,
  judged,
  liveAccount,
  liveFunction,
  liveRole,
  PLAIN,
  verdicts,
  world,
  type World,
} from "./judged.ts";

/** `RES-001 block` for each rule that a part of an example breaks. */
const JUDGE: Readonly<
  Record<RuleExample["form"], (yaml: string, given: string | null) => readonly string[]>
> = {
  spec: (yaml, given) => verdicts(judged(inWorld(yaml, given))),
  document: (yaml, given) =>
    verdicts(
      judged(
        world("", { "teams/orders/orders-api.yaml": `${yaml}\n`, "platform/given.yaml": `${given ?? ""}\n` }),
      ),
    ),
  account: (yaml) => verdicts(judged(inAccount(yaml))),
  team: (yaml) => verdicts(judged(world("  tracing: true", { "platform/teams.yaml": `${yaml}\n` }))),
  boundary: (yaml) => verdicts(judgedBoundary(yaml)),
  caller: (json) => verdicts(judged(calledBy(JSON.parse(json) as readonly Statement[]))),
  trust: (json, given) => verdicts(judged(inWorld("tracing: true", given), { trust: json })),
  live: (yaml) => {
    const { grants } = parse(yaml) as InAws;
    const judging = grants === undefined ? PLAIN : world(`  grants: ${JSON.stringify(grants)}`);
    return verdicts(judged(judging, { live: inAws(yaml) }));
  },
  commit: (message, given) => {
    const found = inWorld("tracing: true", given);
    return verdicts(judged(found, { authors: new Map([[found.binding.key, authorsIn(message)]]) }));
  },
};

/** Of a commit of Dana with this message. */
function authorsIn(message: string) {
  const dana = "Dana <dana@example.com> 1700000000 +0000";
  const bytes = new TextEncoder().encode(`author ${dana}\ncommitter ${dana}\n\n${message}`);
  return authorsOf("1a2b3c4d", bytes);
}

function severityOf(id: string): string {
  return RULES.find((rule) => rule.id === id)?.severity ?? "unknown";
}

/** What is given replaces a document of the same name. */
function inWorld(spec: string, given: string | null): World {
  return world(spec.replace(/^(?=.)/gm, "  "), given === null ? {} : { [fileOf(given)]: `${given}\n` });
}

function fileOf(given: string): string {
  if (given.includes("kind: AwsAccount")) return "platform/accounts.yaml";
  return given.includes("name: platform-default") ? "platform/boundary.yaml" : "platform/given.yaml";
}

function judgedBoundary(document: string): ReturnType<typeof judgeDesired> {
  const found = world("  tracing: true", {
    "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: platform-default }
spec:
  use: boundary
  document:
${document.replace(/^(?=.)/gm, "    ")}
`,
  });
  return [...found.desired.policies.values()].flatMap((policy) => judgeDesired(policy, contextOf(found)));
}

/** The account has these fields instead of its mode, boundary and tag keys. */
function inAccount(spec: string): World {
  const plain = accountText("prod", ACCOUNT).replace(/^ {2}(mode|boundary|tagKeys): .*\n/gm, "");
  return world("  tracing: true", {
    "platform/accounts.yaml": `${plain}${spec.replace(/^(?=.)/gm, "  ")}\n`,
  });
}

interface InAws {
  readonly grants?: readonly object[];
  readonly functions?: Readonly<Record<string, string>>;
  readonly instanceProfiles?: Readonly<Record<string, string>>;
}

function inAws(yaml: string) {
  const { functions = {}, instanceProfiles = {} } = parse(yaml) as InAws;
  const roles = Object.entries(instanceProfiles).map(([profile, role]) =>
    liveRole(role.split("/").at(-1) ?? "", { instanceProfiles: [profile] }),
  );
  return liveAccount({
    roles,
    functions: Object.entries(functions).map(([name, role]) =>
      liveFunction(name, { roleArn: `arn:aws:iam::${ACCOUNT}:${role}` }),
    ),
  });
}

/** A member of a family counts as the family. */
function rulesOf(found: readonly string[]): readonly string[] {
  return found.map((text) => text.replace(/^ESC-\w+/, "ESC-*"));
}

describe("the page of a rule", () => {
  test("exists for every rule, once, and for no other", () => {
    expect(RULE_PAGES.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id).toSorted());
  });

  test.each(RULE_PAGES)("$id: the first part of the example breaks it", ({ id, example }) => {
    const found = rulesOf(JUDGE[example.form](example.bad, example.given));

    expect(found).toContain(`${id} ${example.severity ?? severityOf(id)}`);
  });

  test.each(RULE_PAGES)(
    "$id: the second part breaks neither it nor a rule that blocks",
    ({ id, example }) => {
      const found = rulesOf(JUDGE[example.form](example.good, example.given));

      expect(found.filter((text) => text.endsWith("block") || text.startsWith(id))).toEqual([]);
    },
  );

  test.each(RULE_PAGES.filter(({ example: { form } }) => form === "spec"))(
    "$id: is not called uncorrected if its example has a remedy",
    ({ id, example }) => {
      const found = inWorld(example.bad, example.given);
      const rules = remediesOf(found.binding, contextOf(found)).map(({ finding: { rule } }) => rule);

      const uncorrected = rules.filter((rule) => rule === id && RULE_CORRECTIONS[id].kind === "none");
      expect(uncorrected).toEqual([]);
    },
  );

  test.each(RULE_PAGES)("$id: names its sources, and the fix in one line", ({ fix, sources }) => {
    expect(fix).toMatch(/^[a-z][^\n]*[^.\n]$/);
    expect(sources).not.toEqual([]);
    for (const source of sources) expect(source).toMatch(/^https:\/\/[a-z.]+(\/[^\s]*)?$/);
  });
});
