import { describe, expect, test } from "@jest/globals";
import { approvalStep } from "../../../../src/controller/revision/merged/approver.ts";
import { changeText } from "../../../../src/controller/revision/merged/note-text.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { codeQuality } from "../../../../src/workbench/reports/gitlab.ts";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { junitText } from "../../../../src/workbench/reports/junit.ts";
import { markdownText } from "../../../../src/workbench/reports/markdown.ts";
import { sarifLog } from "../../../../src/workbench/reports/sarif.ts";
import {
  activeParts,
  HOSTILE_TEXTS,
  LONG_TEXT,
  structureOf,
} from "../../../support/forge/active-markdown.ts";
import { PROBLEM, REPORT } from "./reports.ts";
import type { ProblemReport } from "../../../../src/workbench/reports/problem-report.ts";

/** Every field that has what an author wrote. */
function reportWith(text: string): ProblemReport {
  const place = { kind: "file", file: `teams/${text}.yaml`, line: 1, column: 1 } as const;
  return {
    ...REPORT,
    problems: [{ ...PROBLEM, message: text, hint: text, place, related: [{ place, label: text }] }],
    passed: [text],
    waiting: [{ name: text, reason: text }],
    changes: [
      { title: text, names: [text], place, parts: [text] },
      { title: text, names: [], place: { kind: "target", target: text }, parts: [text] },
    ],
    notes: [text],
  };
}

const HOLD = {
  subject: digestOf("plan"),
  code: "profile-approval",
  reason: "",
  account: "prod",
  keys: [],
  actions: 1,
  sinceMs: 0,
} as const;

function noteWith(text: string): string {
  const line = {
    target: text,
    kind: "held",
    why: text,
    approve: { ...approvalStep({ ...HOLD, group: text }, null), command: text },
    isAskedElsewhere: false,
    review: text,
    entries: [],
    reverted: [],
  } as const;
  const change = {
    revision: `main@sha1:${"a".repeat(40)}` as Revision,
    previous: `main@sha1:${"b".repeat(40)}` as Revision,
    acceptedAt: "2026-11-30T12:00:00.000Z",
    commits: [],
    keys: { kind: "followed", open: [], done: [], replaced: [] },
    isExact: true,
    errors: { count: 1, shown: [text] },
    isEnded: false,
  } as const;
  return changeText(change, {
    instance: "prod",
    isOfNamespace: false,
    acceptedEntry: 7,
    lines: [line],
    others: [],
  });
}

/** The sentences that a report has for people. */
function messagesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member !== "string" ? messagesIn(member) : ["text", "description"].includes(name) ? [member] : [],
  );
}

describe.each(HOSTILE_TEXTS)("%s in what an author wrote", (_because, text) => {
  test("does nothing in a comment, and changes no block of it", async () => {
    const comment = markdownText(reportWith(text));

    expect(await activeParts(comment)).toEqual([]);
    expect(await structureOf(comment)).toBe(await structureOf(markdownText(reportWith("plain"))));
  });

  test("does nothing in the note after the merge, and changes no block of it", async () => {
    const note = noteWith(text);

    expect(await activeParts(note)).toEqual([]);
    expect(await structureOf(note)).toBe(await structureOf(noteWith("plain")));
  });

  test("is no command of its own in annotations", () => {
    const lines = githubText(reportWith(text)).trimEnd().split("\n");

    const others = lines.filter(
      (line) =>
        !/^::(error file=[^:,]*,line=1,col=1,title=ACT-001|notice( (file=[^:,]*,line=1,col=1,)?title=[^:,]*)?)::/.test(
          line,
        ),
    );
    expect(lines).toHaveLength(6);
    expect(others).toEqual([REPORT.summary]);
    expect(lines.flatMap((line) => line.match(/[\r\u0000\u202e]/g) ?? [])).toEqual([]);
  });

  test("is no element of JUnit, no link of SARIF and no line of Code Quality", () => {
    const report = reportWith(text);
    const shapeOf = (xml: string) =>
      xml
        .replaceAll(/"[^"]*"/g, '""')
        .replaceAll(/>[^<]+</g, "><")
        .trim();

    expect(shapeOf(junitText(report))).toBe(shapeOf(junitText(reportWith("plain"))));
    expect(messagesIn(sarifLog(report, "1")).filter((one) => /\]\(|[\u0000\u202e]/.test(one))).toEqual([]);
    expect(messagesIn(codeQuality(report)).filter((one) => /[\r\n\u0000\u202e]/.test(one))).toEqual([]);
  });
});

test("a name of 64 kB does nothing either, and the comment and the note fit the forges", async () => {
  const texts = [markdownText(reportWith(LONG_TEXT)), noteWith(LONG_TEXT)];

  expect((await Promise.all(texts.map(activeParts))).flat()).toEqual([]);
  expect(texts.filter(({ length }) => length > 65_000)).toEqual([]);
});
