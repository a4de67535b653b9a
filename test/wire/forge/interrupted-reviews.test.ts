import { afterEach, describe, expect, test } from "@jest/globals";
import type { ForgedAnswer, ForgeServer } from "../../support/forge/forge-server.ts";
import { MARKER, ReviewedChange } from "../../support/forge/reviewed-change.ts";
import { API, grants } from "../../support/screens/plan-command.ts";

let change: ReviewedChange;
afterEach(() => change.end());

const NINE = Array.from({ length: 9 }, (_, at) => `    - sqs: {queue: q${at}, allow: [sendd]}\n`);
/** A change that cannot be used: its status is a failure, and each of nine lines has a correction. */
const WRONG_NINE = grants(["orders"], NINE.join(""));
const USABLE = grants(["orders", "customers"]);

type Intercept = ForgeServer["intercept"];
type Request = Parameters<Intercept>[0];

const PULL_REQUEST = /\/(?:pulls|merge_requests)\/12$/;
const COMMENTS = /\/(?:issues\/12\/comments|notes)$/;
const SUGGESTIONS = /\/discussions$/;

const RESET = String(Date.parse("2026-11-30T00:00:40Z") / 1_000);
const SHORT = { status: 429, body: {}, headers: { "retry-after": "7" } } as const;
const NONE_LEFT = {
  status: 403,
  body: {},
  headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET },
} as const;
const LONG = { status: 429, body: {}, headers: { "retry-after": "3600" } } as const;
const LOST = { status: 0, body: null, isLost: true } as const;

/** Answers so the first time, or each time if it is asked to. */
function answers(answer: ForgedAnswer, isMeant: (request: Request) => boolean, times = 1): Intercept {
  let left = times;
  return (request) => (isMeant(request) && left-- > 0 ? answer : null);
}

const isRead =
  (path: RegExp) =>
  (request: Request): boolean =>
    request.method === "GET" && path.test(request.path);

/** The one request of GitHub for all suggestions. */
function ofReview(answer: ForgedAnswer): Intercept {
  return ({ method, path }) => (method === "POST" && path.endsWith("/pulls/12/reviews") ? answer : null);
}

/** The fifth suggestion, and all later ones. */
function fromFifth(answer: ForgedAnswer): Intercept {
  let asked = 0;
  return ({ method, path }) => (method === "POST" && SUGGESTIONS.test(path) && ++asked >= 5 ? answer : null);
}

interface Interrupted {
  readonly because: string;
  readonly forge: "github" | "gitlab";
  readonly spec: string;
  readonly intercept: Intercept;
  readonly code: number;
  readonly waits: readonly number[];
  readonly posted: string;
  /** Of the interrupted run; missing: none. */
  readonly suggestions?: number;
  /** Before the run; missing: there is no comment. */
  readonly comment?: string;
}

const PENDING = "only this was posted: status grantkeeper/review: pending\n";
const FAILED = "only this was posted: status grantkeeper/review: failure";

const TABLE: readonly Interrupted[] = [
  {
    because: "a read is limited for a short time",
    forge: "gitlab",
    spec: USABLE,
    intercept: answers(SHORT, isRead(COMMENTS)),
    code: 0,
    waits: [7_000],
    posted: "posted: comment added",
  },
  {
    because: "no read is left until a time that is near",
    forge: "github",
    spec: USABLE,
    intercept: answers(NONE_LEFT, isRead(PULL_REQUEST)),
    code: 0,
    waits: [40_000],
    posted: "posted: comment added",
  },
  {
    because: "the first read is limited for an hour",
    forge: "github",
    spec: USABLE,
    intercept: answers(LONG, isRead(PULL_REQUEST)),
    code: 4,
    waits: [],
    posted: "nothing was posted\n",
  },
  {
    because: "the list of comments is limited for an hour",
    forge: "github",
    spec: USABLE,
    intercept: answers(LONG, isRead(COMMENTS)),
    code: 4,
    waits: [],
    posted: PENDING,
  },
  {
    because: "the list of suggestions is limited for an hour",
    forge: "gitlab",
    spec: WRONG_NINE,
    intercept: answers(LONG, isRead(SUGGESTIONS)),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added\n`,
  },
  {
    because: "the nine suggestions are refused, none of which is posted",
    forge: "github",
    spec: WRONG_NINE,
    intercept: ofReview({ status: 403, body: {} }),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added; 0 suggestions added\n`,
  },
  {
    because: "the answer about the nine suggestions is lost, all of which are posted",
    forge: "github",
    spec: WRONG_NINE,
    intercept: ofReview(LOST),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added; 0 suggestions added; the last request may have taken effect as well\n`,
    suggestions: 9,
  },
  {
    because: "the list of changed files is limited for an hour",
    forge: "github",
    spec: WRONG_NINE,
    intercept: answers(LONG, isRead(/\/pulls\/12\/files$/)),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added; 0 suggestions added\n`,
  },
  {
    because: "the fifth of nine suggestions is refused",
    forge: "gitlab",
    spec: WRONG_NINE,
    intercept: fromFifth({ status: 403, body: {} }),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added; 4 suggestions added\n`,
    suggestions: 4,
  },
  {
    because: "the answer about the fifth of nine suggestions is lost",
    forge: "gitlab",
    spec: WRONG_NINE,
    intercept: fromFifth(LOST),
    code: 4,
    waits: [],
    posted: `${FAILED}; comment added; 4 suggestions added; the last request may have taken effect as well\n`,
    suggestions: 5,
  },
  {
    because: "the comment is deleted by hand before it is updated",
    comment: `${MARKER}\nolder`,
    forge: "github",
    spec: USABLE,
    intercept: ({ method }) => {
      if (method === "PATCH") change.forge.comments.length = 0;
      return null;
    },
    code: 0,
    waits: [],
    posted: "posted: comment added",
  },
  {
    because: "the pull request is closed",
    forge: "gitlab",
    spec: USABLE,
    intercept: () => {
      change.forge.pullRequest = { ...change.forge.pullRequest, state: "closed" };
      return null;
    },
    code: 1,
    waits: [],
    posted: "nothing was posted\n",
  },
  {
    because: "the pull request was rebased",
    forge: "github",
    spec: USABLE,
    intercept: () => {
      change.forge.pullRequest = { ...change.forge.pullRequest, head: "f".repeat(40) };
      return null;
    },
    code: 1,
    waits: [],
    posted: "nothing was posted\n",
  },
];

describe("a run that is interrupted posts no success, names what it posted, and the next run completes it", () => {
  test.each(TABLE)("exit code $code: $because ($forge)", async (row) => {
    change = await ReviewedChange.on(row.forge, row.spec);
    const { forge } = change;
    const before = forge.pullRequest;
    if (row.comment !== undefined) forge.add(row.comment);
    forge.intercept = row.intercept;

    const { code, err } = await change.post();
    const early = forge.statuses.filter(({ state }) => code !== 0 && state === "success");
    const suggestions = forge.comments.filter(({ at }) => at !== null).length;
    forge.intercept = () => null;
    forge.pullRequest = before;
    const again = await change.post();

    const corrected = row.spec === WRONG_NINE ? 9 : 0;
    const places = forge.comments.flatMap(({ at }) => at ?? []);
    expect({ code, waits: change.waits, early, suggestions }).toEqual({
      code: row.code,
      waits: row.waits,
      early: [],
      suggestions: row.suggestions ?? 0,
    });
    expect(err).toContain(row.posted);
    expect(again.code).toBe(corrected === 0 ? 0 : 3);
    expect(change.own()).toHaveLength(1);
    expect(places.sort()).toEqual(
      NINE.slice(0, corrected)
        .map((_, at) => `${API}:${9 + at}`)
        .sort(),
    );
    expect(forge.statuses.at(-1)?.state).toMatch(corrected === 0 ? /^success$/ : /^fail/);
  });
});
