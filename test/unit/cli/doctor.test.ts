import { expect, test } from "@jest/globals";
import { doctorLines } from "../../../src/cli/render/doctor.ts";
import type { Probe } from "../../../src/cli/toolbox.ts";

function probe(change: Partial<Probe>): Probe {
  return { identity: "writer", region: null, what: "iam:X", outcome: "passed", detail: null, ...change };
}

const missing = (action: string, resource: string): Probe =>
  probe({
    what: action,
    outcome: "failed",
    detail: `no statement allows it; add {"Effect":"Allow","Action":"${action}","Resource":"${resource}"}`,
  });

test("checks that passed are counted, missing permissions of one resource are one statement to add", () => {
  const checks = [
    probe({ identity: "observer" }),
    probe({ identity: "observer", what: "iam:Y" }),
    missing("iam:TagRole", "role/*"),
    missing("iam:UntagRole", "role/*"),
    missing("lambda:AddPermission", "function:*"),
    probe({ what: "writes", outcome: "not-checked", detail: "no write was tried" }),
  ];

  expect(doctorLines([{ title: "account prod", checks }])).toEqual([
    "account prod",
    "  ok           observer  2 checks",
    '  ✗ failed     writer    2 permissions         no statement allows it; add {"Effect":"Allow","Action":["iam:TagRole","iam:UntagRole"],"Resource":"role/*"}',
    '  ✗ failed     writer    lambda:AddPermission  no statement allows it; add {"Effect":"Allow","Action":"lambda:AddPermission","Resource":"function:*"}',
    "  not checked  writer    writes                no write was tried",
    "",
    "2 checks passed, 3 failed, 1 not checked",
  ]);
});
