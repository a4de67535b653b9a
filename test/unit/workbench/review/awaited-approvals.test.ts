import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PreviewedChange } from "../../../../src/api/questions.ts";
import type { HoldCode, Verdict } from "../../../../src/model/verdict.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { reviewMarkdown } from "../../../../src/workbench/review/markdown.ts";
import { reviewOf, type Review } from "../../../../src/workbench/review/review.ts";
import { reviewLines } from "../../../../src/workbench/review/screen.ts";
import { reportedChanges } from "../../../../src/workbench/review/reported-changes.ts";
import { reviewValue } from "../../../../src/workbench/review/value.ts";
import { git } from "../../../support/git/git-repository.ts";
import { PLATFORM_FILES } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { testToolbox } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { plan } from "../../../support/screens/world-states.ts";

const ACCOUNTS = "platform/accounts.yaml";
const TARGET = "orders/api@prod/eu-west-1";
const REASON = "grants new access, which needs an approval of group security";
const BY_MEMBER = "a member of it, but by no author of the change";
const BY_EVERYONE = "everyone who may approve in all of its namespaces";
const BY_PROFILE = {
  code: "profile-approval",
  reason: REASON,
  by: BY_MEMBER,
  groups: ["security"],
  names: ["orders/api"],
  targets: [TARGET],
};

let root: string;
let review: Review;
let observed: Review;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-approvals-"));
  review = await reviewed("enforce");
  observed = await reviewed("observe");
});
afterAll(() => rm(root, { recursive: true }));

/** The review of a function that gets a grant, under a profile that asks for an approval of the group `security`. */
async function reviewed(mode: string): Promise<Review> {
  const account = (PLATFORM_FILES[ACCOUNTS] ?? "").replace("mode: enforce", `mode: ${mode}`);
  const profile = profileText("reviewed", "{approval: {for: new-access, group: security}}");
  const folder = join(root, mode);
  await mkdir(folder);
  await commitBase(folder, { [ACCOUNTS]: account, "platform/profile.yaml": profile });
  await writeManifests(folder, { [API]: grants(["orders", "customers"]) });
  await git(folder, ["commit", "--quiet", "-am", "change"]);
  const printed = { out: "", err: "" };
  return reviewOf(folder, { base: "HEAD~1", head: "HEAD" }, testToolbox({}, printed));
}

function textOf(review: Review): string {
  const lines = reviewLines(review, { width: 400, isWide: false } as never);
  return lines.map((line) => (typeof line === "string" ? line : line.text)).join("\n");
}

/** The review with a preview in which the changed function has this verdict. */
function withVerdict(verdict: Verdict, more: Partial<PreviewedChange> = {}): Review {
  const [view] = review.plan.views;
  if (view === undefined) throw new Error("no function changes");
  const { key, target } = view;
  const found = {
    plan: plan(key),
    verdict,
    findings: [],
    drifts: [],
    unread: [],
    readAt: "2026-11-30T12:00:00.000Z",
  };
  const change = { key, target, mode: "enforce", suspended: null, notJudged: null, found, ...more };
  const preview = {
    revision: "main@sha1:9c1d04e0000" as Revision,
    changes: [change as PreviewedChange],
    beyond: [],
  };
  return { ...review, live: { kind: "previewed", preview } };
}

function held(
  code: HoldCode,
  reason: string,
  more: Partial<Extract<Verdict, { kind: "hold" }>> = {},
): Verdict {
  return { kind: "hold", code, reason, subject: digestOf([reason]), ...more };
}

describe("the approvals that the manifests show", () => {
  test("are named with the group and the function in each form", () => {
    expect(textOf(review)).toContain(
      `\nAPPROVALS AFTER THE MERGE\n${TARGET}: ${REASON}; approved by ${BY_MEMBER}\n`,
    );
    expect(reviewMarkdown(review)).toContain(
      `\n#### Approvals after the merge\n\n- <code>orders/api&#64;prod/eu-west-1&#58; ${REASON}; approved by ${BY_MEMBER}</code>\n`,
    );
    expect(reviewValue(review).approvals).toEqual([BY_PROFILE]);
  });

  test("are none for an account that is only observed", () => {
    const { approvals, changes } = reviewValue(observed);

    expect(textOf(observed) + reviewMarkdown(observed)).not.toMatch(/approval/i);
    expect(approvals).toEqual([]);
    expect(changes.map(({ target }) => target)).toEqual(["prod/eu-west-1"]);
  });
});

describe("the approvals that the controller shows", () => {
  const FIRST = "first enforcing run";
  const BOTH = `${FIRST}; ${REASON}: one approval covers both, if a member of it gives it who is no author`;
  const AUTHORED = `${REASON}; made by Claude in commit 9c1d04e`;
  const ofEveryone = (code: HoldCode, reason: string) => ({ code, reason, by: BY_EVERYONE, groups: [] });
  const { names: _, targets: __, ...byProfile } = BY_PROFILE;

  test.each<{
    name: string;
    verdict: Verdict;
    more?: Partial<PreviewedChange>;
    approvals: readonly object[];
  }>([
    {
      name: "a limit, and that of the profile is another one",
      verdict: held("limit-changes", "changes 30 roles, and the limit is 20"),
      approvals: [ofEveryone("limit-changes", "changes 30 roles, and the limit is 20"), byProfile],
    },
    {
      name: "that of the profile, as the controller has it and once",
      verdict: held("profile-approval", AUTHORED, { group: "security" }),
      approvals: [{ ...byProfile, reason: AUTHORED }],
    },
    {
      name: "that of another group, next to the one that the manifests show",
      verdict: held("profile-approval", "grants new access, which needs an approval of group audit", {
        group: "audit",
      }),
      approvals: [
        {
          ...byProfile,
          reason: "grants new access, which needs an approval of group audit",
          groups: ["audit"],
        },
        byProfile,
      ],
    },
    {
      name: "a first enforcing run with new access, of which the reason alone names the approvers",
      verdict: held("first-enforcing-pass", BOTH, { newAccess: BOTH.slice(FIRST.length + 2) }),
      approvals: [{ code: "first-enforcing-pass", reason: BOTH, by: null, groups: null }],
    },
    {
      name: "none for a window, which opens by itself",
      verdict: held("change-window", "waits for window nights"),
      approvals: [byProfile],
    },
    {
      name: "none where the controller only observes",
      verdict: held("limit-changes", "changes 30 roles"),
      more: { mode: "observe" },
      approvals: [],
    },
    {
      name: "none where nothing was judged",
      verdict: held("limit-changes", "changes 30 roles"),
      more: { found: null, notJudged: "AWS was not read yet" },
      approvals: [byProfile],
    },
  ])("are $name", ({ verdict, more, approvals }) => {
    const expected = approvals.map((one) => ({ ...one, names: ["orders/api"], targets: [TARGET] }));

    expect(reviewValue(withVerdict(verdict, more)).approvals).toEqual(expected);
  });

  test("are in the text, in the comment and in reports, each with its reason once", () => {
    const limit = "changes 30 roles, and the limit is 20";
    const limited = withVerdict(held("limit-changes", limit));
    const approved = withVerdict(held("profile-approval", REASON, { group: "security" }));

    expect(textOf(limited)).toContain(
      `\nAPPROVALS AFTER THE MERGE\n${TARGET}: ${limit}; approved by ${BY_EVERYONE}\n${TARGET}: ${REASON}; `,
    );
    expect(reviewMarkdown(limited)).toContain(`&#58; ${limit}; approved by ${BY_EVERYONE}</code>\n`);
    expect(
      reportedChanges(approved).flatMap(({ parts }) => parts.filter((part) => part.includes(REASON))),
    ).toEqual([`after the merge: no call; after an approval: ${REASON}`]);
  });
});
