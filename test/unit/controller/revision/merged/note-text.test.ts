import { describe, expect, test } from "@jest/globals";
import { inert } from "../../../../../src/text/markdown.ts";
import type { Key } from "../../../../../src/model/keys/key.ts";
import type { MergedChange } from "../../../../../src/model/records/pull-requests/merged-change.ts";
import type { Revision } from "../../../../../src/model/values/revision.ts";
import {
  changeText,
  type NoteFacts,
  type NoteLine,
} from "../../../../../src/controller/revision/merged/note-text.ts";
import { notAcceptedText } from "../../../../../src/controller/revision/merged/not-in-force-text.ts";
import type { OutcomeKind } from "../../../../../src/controller/state/merged/merged-memory.ts";

const CHANGE: MergedChange = {
  revision: `main@sha1:${"a".repeat(40)}` as Revision,
  previous: `main@sha1:${"b".repeat(40)}` as Revision,
  acceptedAt: "2026-11-30T12:00:00.000Z",
  commits: ["a".repeat(40)],
  keys: { kind: "followed", open: [], done: [], replaced: [] },
  isExact: true,
  errors: { count: 0, shown: [] },
  isEnded: false,
};

function line(kind: OutcomeKind, change: Partial<NoteLine> = {}): NoteLine {
  const nothing = {
    why: null,
    approve: null,
    isAskedElsewhere: false,
    review: null,
    entries: [],
    reverted: [],
  };
  return { target: "orders/a@prod/eu-west-1", kind, ...nothing, ...change };
}

interface Around {
  readonly change?: Partial<MergedChange>;
  readonly others?: readonly OutcomeKind[];
}

function titleWith(kinds: readonly OutcomeKind[], { change = {}, others = [] }: Around = {}): string {
  const lines = kinds.map((kind) => line(kind));
  const facts: NoteFacts = { instance: "prod", isOfNamespace: false, acceptedEntry: 7, lines, others };
  return changeText({ ...CHANGE, ...change }, facts).split("\n", 1)[0] ?? "";
}

const NOT_SEEN: readonly OutcomeKind[] = [
  "matches",
  "differs",
  "changed-since",
  "applying",
  "deleting",
  "no-function",
  "held",
  "window-closed",
  "rejected",
  "suspended",
  "refused",
  "invalid",
  "failed",
  "unread",
  "no-account",
];

describe("the title is not applied", () => {
  test.each(NOT_SEEN)("if one function of several is %s", (kind) => {
    expect(titleWith(["applied", kind, "applied"])).not.toMatch(/: applied$/);
  });

  test.each(NOT_SEEN)("if one that the repository may not see is %s", (kind) => {
    expect(titleWith(["applied"], { others: [kind] })).not.toMatch(/: applied$/);
  });

  test("if a document has a new error, or a newer revision took over, or there are too many to follow", () => {
    const replaced = ["k" as Key];
    const titles = [
      titleWith(["applied"], { change: { errors: { count: 1, shown: ["a.yaml:1: bad"] } } }),
      titleWith(["applied"], { change: { keys: { kind: "followed", open: [], done: [], replaced } } }),
      titleWith([], { change: { keys: { kind: "too-many", count: 900 } } }),
    ];

    expect(titles.filter((title) => title.endsWith(": applied"))).toEqual([]);
  });
});

test("the title is applied if everything is as declared or deleted", () => {
  expect(titleWith(["applied", "deleted"], { others: ["applied"] })).toBe("### Grantkeeper: applied");
});

describe("the title of several functions", () => {
  const replaced = { kind: "followed", open: [], done: [], replaced: ["k" as Key] } as const;

  test.each<{ kinds: readonly OutcomeKind[]; keys?: MergedChange["keys"]; title: string }>([
    { kinds: ["applied", "changed-since"], title: "applied, and no longer as declared" },
    { kinds: ["matches", "changed-since"], title: "not applied completely" },
    { kinds: ["applying", "changed-since"], title: "not applied completely" },
    { kinds: ["applied", "applying"], title: "accepted, not applied yet" },
    { kinds: ["differs", "matches"], title: "observed only, AWS differs" },
    { kinds: ["differs", "applied"], title: "not applied completely" },
    { kinds: ["matches", "applied"], title: "AWS matches it" },
    { kinds: ["changed-since"], keys: replaced, title: "replaced before all of it was seen applied" },
    { kinds: ["differs"], keys: replaced, title: "replaced before all of it was seen applied" },
    { kinds: ["held"], keys: replaced, title: "not applied completely" },
  ])("$kinds is: $title", ({ kinds, keys, title }) => {
    expect(titleWith(kinds, { change: keys === undefined ? {} : { keys } })).toBe(
      `### Grantkeeper: ${title}`,
    );
  });
});

test.each([
  { count: 201, length: 30, left: null },
  { count: 900, length: 30, left: 200 },
  { count: 900, length: 200, left: 714 },
])(
  "of $count functions that are not followed, a comment has the names that fit, and the number of the others",
  ({ count, length, left }) => {
    const named = Array.from({ length: Math.min(count, 700) }, (_, at) => `orders/${at}`.padEnd(length, "x"));
    const own = { count, named: named as Key[] };
    const change = { ...CHANGE, keys: { kind: "too-many", count, own } } as const;
    const lines = named.map((target) => line("applying", { target }));

    const text = changeText(change, {
      instance: "prod",
      isOfNamespace: false,
      acceptedEntry: 7,
      lines,
      others: [],
    });

    expect(text.length).toBeLessThan(65_536 - 200);
    expect(text.match(/^- <code>orders/gm)).toHaveLength(count - (left ?? 0));
    expect(
      /- and (\d+) more; the newest 1,000 lines of the history since then: (.*)/.exec(text)?.slice(1) ?? null,
    ).toEqual(
      left === null
        ? null
        : [`${left}`, inert("grantkeeper history --since 2026-11-30T12:00:00.000Z --limit 1000")],
    );
  },
);

describe("a comment about more functions than are followed", () => {
  const ofNamespace = { instance: "prod", isOfNamespace: true, acceptedEntry: 7, others: [] };
  const textWith = (own: { count: number; named: Key[] } | undefined, lines: readonly NoteLine[]): string =>
    changeText(
      { ...CHANGE, keys: { kind: "too-many", count: 5_000, ...(own !== undefined && { own }) } },
      { ...ofNamespace, lines },
    );

  test.each([
    { own: { count: 0, named: [] }, because: "all of them are of other repositories" },
    { own: { count: 5_000, named: ["k" as Key] }, because: "no line is known" },
    { own: undefined, because: "the record is of 0.1" },
  ])("has no list, if $because", ({ own }) => {
    expect(textWith(own, [])).not.toMatch(/^- |more/m);
  });

  test("counts those of other repositories apart from the list, which does not count them as more", () => {
    const text = textWith({ count: 3, named: ["k" as Key] }, [line("applying")]);

    expect(text).toMatch(/^- and 2 more;/m);
    expect(text).toContain("4997 functions and policies of other repositories are counted and not listed.");
  });

  test("speaks of no other repository, if all are of its own", () => {
    expect(textWith({ count: 5_000, named: ["k" as Key] }, [line("applying")])).not.toContain("other repos");
  });
});

describe("a comment about a revision that awaits an approval", () => {
  const textBy = (authors: Parameters<typeof notAcceptedText>[1]["authors"]): string =>
    notAcceptedText("awaiting approval", {
      revision: CHANGE.revision,
      reason: "r",
      instance: "prod",
      authors,
    });

  test.each([{ authors: ["lee@example.com"] }, { unlistedAuthors: "a commit has no address" }])(
    "lets no author approve it: %j",
    (authors) => {
      expect(textBy(authors)).toContain("who may approve in all namespaces, but by no author of the change.");
    },
  );

  test("limits no one else, if no author is known or missing", () => {
    expect(textBy({})).toContain("who may approve in all namespaces.");
  });
});

test("the text of many functions with hostile names and reasons fits a comment, and has no markup of theirs", () => {
  const hostile = "[x](http://e) <img src=x> @org `a` ".repeat(20);
  const lines = Array.from({ length: 200 }, (_, at) =>
    line("held", {
      target: `${hostile}${at}`,
      why: `${hostile}\n# title`,
      approve: { command: hostile, by: "by everyone" },
    }),
  );
  const errors = { count: 400, shown: Array.from({ length: 10 }, () => hostile) };

  const text = changeText(
    { ...CHANGE, errors },
    { instance: "prod", isOfNamespace: false, acceptedEntry: null, lines, others: [] },
  );

  expect(text.length).toBeLessThan(65_536 - 200);
  expect(text).not.toMatch(/<img|\]\(|@org|\n# title/);
  expect(text).toMatch(/- and \d+ more/);
});

test("an approval that the repository may not see is to be asked for from the platform team", () => {
  const lines = [line("held", { isAskedElsewhere: true })];
  const facts: NoteFacts = { instance: "prod", isOfNamespace: true, acceptedEntry: 7, lines, others: [] };

  expect(changeText(CHANGE, facts)).toContain(": awaiting approval; to approve: ask the platform team\n");
});
