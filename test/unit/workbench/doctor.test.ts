import { describe, expect, test } from "@jest/globals";
import { doctorLines } from "../../../src/workbench/doctor/screen.ts";
import type { Probe } from "../../../src/model/answers/probe.ts";
import { lineText } from "../../../src/text/screen-line.ts";

function probe(change: Partial<Probe>): Probe {
  return { identity: "writer", region: null, what: "iam:X", outcome: "passed", detail: null, ...change };
}

const missing = (action: string, resource: string): Probe =>
  probe({
    what: action,
    outcome: "failed",
    detail: `no statement allows it; add ${JSON.stringify({ Effect: "Allow", Action: action, Resource: resource })}`,
  });

test("counts the checks that passed in one line for each identity", () => {
  const checks = [
    probe({ identity: "observer" }),
    probe({ identity: "observer", what: "iam:Y" }),
    missing("lambda:AddPermission", "function:*"),
    probe({ what: "writes", outcome: "not-checked", detail: "no write was tried" }),
  ];

  expect(
    doctorLines(
      { own: [], accounts: [{ title: "account prod", checks }] },
      { width: 1_000, isWide: false },
    ).map(lineText),
  ).toEqual([
    "account prod",
    "  ok           observer  2 checks",
    '  ✗ failed     writer    lambda:AddPermission  no statement allows it; add {"Effect":"Allow","Action":"lambda:AddPermission","Resource":"function:*"}',
    "  not checked  writer    writes                no write was tried",
    "",
    "2 checks passed, 1 failed, 1 not checked",
  ]);
});

test("shows once what fails alike in several accounts, and every account whose checks differ", () => {
  const broken = [
    probe({ identity: "base", what: "credentials", outcome: "failed", detail: "no credentials" }),
  ];
  const other = [probe({ identity: "observer", outcome: "failed", detail: "denied" })];
  const sections = [
    { title: "account prod (1)", account: "prod (1)", checks: broken },
    { title: "account dev (2)", account: "dev (2)", checks: other },
    { title: "account ops (3)", account: "ops (3)", checks: broken },
  ];

  expect(doctorLines({ own: [], accounts: sections }, { width: 1_000, isWide: false }).map(lineText)).toEqual(
    [
      "2 accounts with the same result: prod (1), ops (3)",
      "  ✗ failed  base  credentials  no credentials",
      "",
      "account dev (2)",
      "  ✗ failed  observer  iam:X  denied",
      "",
      "0 checks passed, 3 failed, 0 not checked",
    ],
  );
});

test("shows and counts warnings, if there are any", () => {
  const checks = [probe({ what: "Fence", outcome: "warning", detail: "no Deny of all other actions" })];

  expect(
    doctorLines(
      { own: [], accounts: [{ title: "account prod", checks }] },
      { width: 1_000, isWide: false },
    ).map(lineText),
  ).toEqual([
    "account prod",
    "  ! warning  writer  Fence  no Deny of all other actions",
    "",
    "0 checks passed, 0 failed, 1 warning, 0 not checked",
  ]);
});

test("does not look for an action in the text of a check", () => {
  const named = (action: string): Probe =>
    probe({ what: action, outcome: "failed", detail: `AWS denied {"Action":"${action}"}` });

  expect(
    doctorLines(
      { own: [], accounts: [{ title: "account prod", checks: [named("iam:A"), named("iam:B")] }] },
      { width: 1_000, isWide: false },
    ).map(lineText),
  ).toEqual([
    "account prod",
    '  ✗ failed  writer  iam:A  AWS denied {"Action":"iam:A"}',
    '  ✗ failed  writer  iam:B  AWS denied {"Action":"iam:B"}',
    "",
    "0 checks passed, 2 failed, 0 not checked",
  ]);
});

test("puts a detail that does not fit next to its check below it, and only a single long word exceeds 80 columns", () => {
  const name = "f".padEnd(64, "x");
  const checks = [missing("iam:TagRole", `role/grantkeeper/${name}`), probe({ identity: "observer" })];

  const lines = doctorLines(
    { own: [], accounts: [{ title: "account prod", checks }] },
    { width: 80, isWide: false },
  ).map(lineText);

  expect(lines).toEqual([
    "account prod",
    "  ok        observer  iam:X",
    "  ✗ failed  writer    iam:TagRole",
    "      no statement allows it; add",
    `      {"Effect":"Allow","Action":"iam:TagRole","Resource":"role/grantkeeper/${name}"}`,
    "",
    "1 check passed, 1 failed, 0 not checked",
  ]);
});

describe("of more than ten accounts", () => {
  const own = [
    {
      title: "configuration",
      checks: [probe({ identity: "operator", what: "file", detail: "instance prod" })],
    },
  ];
  const accounts = Array.from({ length: 12 }, (_, at) => ({
    title: `account ${at}`,
    checks: [
      probe({ what: "credentials", detail: "from the instance" }),
      at === 5 ? missing("iam:X", "*") : probe({}),
    ],
  }));
  const lines = (isWide: boolean): readonly string[] =>
    doctorLines({ own, accounts }, { width: 1_000, isWide }).map(lineText);

  test("those whose checks all passed are a line each, after the others, and what was checked of the installation is complete", () => {
    expect(lines(false).slice(0, 8)).toEqual([
      "configuration",
      "  ok  operator  file  instance prod",
      "",
      "account 5",
      "  ok        writer  credentials  from the instance",
      expect.stringContaining("✗ failed  writer  iam:X        no statement allows it"),
      "",
      "account 0: 2 checks passed",
    ]);
    expect(lines(false).slice(-3)).toEqual([
      "account 11: 2 checks passed",
      "",
      "24 checks passed, 1 failed, 0 not checked",
    ]);
  });

  test("-o wide shows each check", () => {
    expect(lines(true).filter((line) => line.includes("from the instance"))).toHaveLength(12);
  });
});
