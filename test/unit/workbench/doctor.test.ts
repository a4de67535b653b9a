import { expect, test } from "@jest/globals";
import { doctorLines } from "../../../src/workbench/doctor/screen.ts";
import type { Probe } from "../../../src/cli/toolbox/toolbox.ts";

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

  expect(doctorLines([{ title: "account prod", checks }], 1_000)).toEqual([
    "account prod",
    "  ok           observer  2 checks",
    '  ✗ failed     writer    lambda:AddPermission  no statement allows it; add {"Effect":"Allow","Action":"lambda:AddPermission","Resource":"function:*"}',
    "  not checked  writer    writes                no write was tried",
    "",
    "2 checks passed, 1 failed, 1 not checked",
  ]);
});

test("shows and counts warnings, if there are any", () => {
  const checks = [probe({ what: "Fence", outcome: "warning", detail: "no Deny of all other actions" })];

  expect(doctorLines([{ title: "account prod", checks }], 1_000)).toEqual([
    "account prod",
    "  ! warning  writer  Fence  no Deny of all other actions",
    "",
    "0 checks passed, 0 failed, 1 warning, 0 not checked",
  ]);
});

test("does not look for an action in the text of a check", () => {
  const named = (action: string): Probe =>
    probe({ what: action, outcome: "failed", detail: `AWS denied {"Action":"${action}"}` });

  expect(doctorLines([{ title: "account prod", checks: [named("iam:A"), named("iam:B")] }], 1_000)).toEqual([
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

  const lines = doctorLines([{ title: "account prod", checks }], 80);

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
