import { expect, test } from "@jest/globals";
import { isNamedBy } from "../../../../src/model/rules/approval-subject.ts";

const HASH = "9c1d04e2f0a1b2c3d4e5f60718293a4b5c6d7e8f";
const REVISION = `main@sha1:${HASH}`;
const PLAN = `sha256:${"9c1d04e2".repeat(8)}`;

test.each([
  { subject: REVISION, name: REVISION, named: true },
  { subject: REVISION, name: "main@9c1d04e", named: true },
  { subject: REVISION, name: "9c1d04e", named: true },
  { subject: REVISION, name: "9c1d04e2", named: true },
  { subject: REVISION, name: "9c1d04", named: false },
  { subject: REVISION, name: "9c1d04f", named: false },
  { subject: PLAN, name: "9c1d04e2", named: true },
  { subject: PLAN, name: "9c1d04e", named: false },
])(
  "$subject is named by $name: $named, as screens show it or by eight digits",
  ({ subject, name, named }) => {
    expect(isNamedBy(subject, name)).toBe(named);
  },
);
