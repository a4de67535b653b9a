import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { RecordedDelta } from "../../../../src/model/delta.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { recorded } from "../../../../src/plan/render/recorded.ts";
import { codeQuality } from "../../../../src/workbench/reports/gitlab.ts";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { junitText } from "../../../../src/workbench/reports/junit.ts";
import { sarifLog } from "../../../../src/workbench/reports/sarif.ts";
import { problemsOfReview } from "../../../../src/workbench/review/pipeline.ts";
import { reportedChanges } from "../../../../src/workbench/review/reported-changes.ts";
import { reviewOf, type Review } from "../../../../src/workbench/review/review.ts";
import { git } from "../../../support/git/git-repository.ts";
import { functionText } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { testToolbox } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift, plan } from "../../../support/screens/world-states.ts";

const NAME = "orders/api@prod/eu-west-1";
const MORE = `    - dynamodb: {table: orders, allow: [write]}
  statements:
    - reason: x
      statement: {Effect: Allow, Action: "logs:DeleteLogGroup", Resource: "arn:aws:logs:eu-west-1:222222222222:log-group:orders"}
`;
const WRONG = "teams/orders/wrong.yaml";

let root: string;
let offline: Review;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-changes-"));
  const profile = profileText("reviewed", "{approval: {for: new-access, group: security}}");
  await commitBase(root, { "platform/profile.yaml": profile });
  const spec = "  grants:\n    - sqs: {queue: orders, allow: [sendd]}\n";
  await writeManifests(root, { [API]: grants(["orders"], MORE), [WRONG]: functionText("wrong", spec) });
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "change"]);
  const printed = { out: "", err: "" };
  offline = await reviewOf(root, { base: "HEAD~1", head: "HEAD" }, testToolbox({}, printed));
});
afterAll(() => rm(root, { recursive: true }));

function previewed(key: Key, policyName = "hotfix"): Review["live"] {
  const found = {
    plan: plan(ORDERS_API) as unknown as KeyPlan<RecordedDelta>,
    verdict: { kind: "allow" } as const,
    findings: [],
    drifts: [recorded(drift(ORDERS_API, { change: { kind: "inline-extra", policyName } }))],
    unread: [],
    readAt: "2026-11-30T12:00:00.000Z",
  };
  const about = { target: "prod/eu-west-1", mode: "enforce", suspended: null, notJudged: null } as const;
  const revision = "main@sha1:9c1d04e0000" as Revision;
  return { kind: "previewed", preview: { revision, changes: [{ ...about, key, found }], beyond: [] } };
}

/** The review as it is with an answer about the changed function. */
function withLive(live: (key: Key) => Review["live"]): Review {
  const key = offline.plan.views.map((view) => view.key).find((one) => one.endsWith("/orders/api"));
  return { ...offline, live: live(key ?? ORDERS_API) };
}

const LIVES: readonly {
  readonly about: string;
  readonly live: (key: Key) => Review["live"];
  readonly after: readonly string[];
}[] = [
  { about: "without the controller", live: () => ({ kind: "not-asked" }), after: [] },
  {
    about: "with the preview of the controller",
    live: (key) => previewed(key),
    after: ["after the merge: no call", 'overwrites: + policy "hotfix", not declared'],
  },
  {
    about: "with a preview that lacks it",
    live: (key) => previewed(`${key}-2` as Key),
    after: ["calls after the merge: the answer of the controller does not have them"],
  },
  {
    about: "with a controller that previews nothing",
    live: () => ({ kind: "not-previewed", reason: "not previewed: why" }),
    after: ["calls after the merge: not known, the controller judged nothing"],
  },
];

/** The entry of the changed function, with `\n` between its lines. */
const FORMS = {
  sarif: (review: Review) => {
    const log = sarifLog(problemsOfReview(review, "sarif"), "1") as unknown as Sarif;
    const found = log.runs[0].results.filter(({ message }) => message.text.startsWith(NAME));
    return found.map(({ level, message, locations }) => {
      const { artifactLocation, region } = locations[0].physicalLocation;
      return `${level} ${artifactLocation.uri}:${region.startLine} ${message.text}`;
    });
  },
  gitlab: (review: Review) =>
    (codeQuality(problemsOfReview(review, "gitlab")) as unknown as readonly Issue[])
      .filter(({ description }) => description.startsWith(NAME))
      .map(({ severity, description, location }) => {
        const text = description.replaceAll("; ", "\n").replace(`${NAME}: `, `${NAME}\n`);
        return `${severity} ${location.path}:${location.lines.begin} ${text}`;
      }),
  github: (review: Review) =>
    githubText(problemsOfReview(review, "github"))
      .split("\n")
      .filter((line) => line.includes("title=orders/api@"))
      .map((line) =>
        line
          .replace(/^::notice file=([^,]*),line=(\d+),col=\d+,title=([^:]*)::/, "notice $1:$2 $3\n")
          .replaceAll("%0A", "\n"),
      ),
  junit: (review: Review) =>
    [...junitText(problemsOfReview(review, "junit")).matchAll(/name="([^"]*)"><system-out>([^<]*)</g)]
      .filter(([, name]) => name === `change: ${NAME}`)
      .map(([, , text = ""]) => text.replaceAll("&#10;", "\n").replaceAll("&quot;", '"')),
} as const;

interface Sarif {
  readonly runs: readonly [{ readonly results: readonly SarifResult[] }];
}
interface SarifResult {
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number };
      };
    },
  ];
}
interface Issue {
  readonly severity: string;
  readonly description: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const BEGINS = {
  sarif: `note ${API}:9 `,
  gitlab: `info ${API}:9 `,
  github: `notice ${API}:9 `,
  junit: "",
} as const satisfies Record<keyof typeof FORMS, string>;

const CASES = (["sarif", "gitlab", "github", "junit"] as const).flatMap((form) =>
  LIVES.map((live) => ({ form, ...live })),
);

describe("a changed function", () => {
  test.each(CASES)("is one entry of $form $about, with risk and approval", ({ form, live, after }) => {
    const lines = [
      `${BEGINS[form]}${NAME}`,
      "refused by TMP-001",
      "4 newly allowed actions, risk: tamper",
      '+ dynamodb write table/orders, policy "grantkeeper"',
      '+ logs:DeleteLogGroup log-group/orders, policy "grantkeeper"',
      "grants new access, which needs an approval of group security",
      ...after,
    ];

    expect(FORMS[form](withLive(live))).toEqual([lines.join("\n")]);
  });

  test("that no rule refuses is the text of its passed case in JUnit", () => {
    const views = offline.plan.views.map((view) => ({ ...view, findings: [] }));
    const review = { ...offline, plan: { ...offline.plan, views } };

    expect(junitText(problemsOfReview(review, "junit"))).toContain(
      `name="${NAME}"><system-out>${NAME}&#10;4 newly allowed actions, risk: tamper&#10;`,
    );
  });

  test("has no line that the name of a policy in AWS begins", () => {
    const [change] = reportedChanges(withLive((key) => previewed(key, "x\n::error::y\u202e")));

    expect(change?.parts.at(-1)).toBe('overwrites: + policy "x ::error::y", not declared');
  });

  test("is one of 100, and the others are counted", () => {
    const found = offline.plan.views.filter(({ key }) => key.endsWith("/orders/api"));
    const views = found.flatMap((view) =>
      Array.from({ length: 130 }, (_, at) => ({ ...view, key: `${view.key}-${at}` as Key })),
    );
    const review = { ...offline, plan: { ...offline.plan, views } };

    expect(reportedChanges(review)).toHaveLength(101);
    expect(reportedChanges(review).at(-1)?.title).toBe("30 more changes");
    expect(githubText(problemsOfReview(review, "github")).match(/^::notice /gm)).toHaveLength(6);
  });
});

test.each([
  { form: "github", shown: (review: Review) => githubText(problemsOfReview(review, "github")), end: "%0A" },
  { form: "junit", shown: (review: Review) => junitText(problemsOfReview(review, "junit")), end: "&#10;" },
])("a new problem of $form has its corrected lines", ({ shown, end }) => {
  const lines = ["-    - sqs: {queue: orders, allow: [sendd]}", "+    - sqs: {queue: orders, allow: [send]}"];

  expect(shown(offline)).toContain(["corrected lines:", ...lines].join(end));
});
