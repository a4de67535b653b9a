import { expect, test } from "@jest/globals";
import { DenialCounter } from "../../../../src/explain/denials/denial-counter.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { AT_MS, call, reported } from "./calls.ts";

const counter = (ofFunction = 20, inAll = 100) => new DenialCounter({ ofFunction, inAll });
const action = (name: string, atMs = AT_MS) => call({ atMs, reported: reported({ action: name }) });
const object = (key: string) =>
  call({ reported: reported({ action: "s3:GetObject", resource: `arn:aws:s3:::in/${key}` }) });

test("calls of one kind are counted together, in any order, with the first and the last time", () => {
  const found = counter();
  for (const atMs of [AT_MS, AT_MS - 5_000, AT_MS + 5_000]) found.add(KEY, call({ atMs }));

  expect(found.all()).toEqual([
    {
      key: KEY,
      requests: [
        {
          reported: reported(),
          calls: 3,
          firstMs: AT_MS - 5_000,
          lastMs: AT_MS + 5_000,
          hasOtherObjects: false,
        },
      ],
      otherCalls: 0,
    },
  ]);
});

test("what denied a request distinguishes it, and the most frequent one is the first", () => {
  const found = counter();
  found.add(KEY, call());
  const denied = call({ reported: reported({ deniedBy: "service control policy", how: "explicit" }) });
  for (let at = 0; at < 2; at += 1) found.add(KEY, denied);

  expect(found.all()[0]?.requests.map(({ reported: { deniedBy }, calls }) => [deniedBy, calls])).toEqual([
    ["service control policy", 2],
    ["identity policy", 1],
  ]);
});

test("objects of one bucket are one kind, which shows the first of them", () => {
  const found = counter();
  for (const key of ["a/1", "b/2", "b/2"]) found.add(KEY, object(key));

  expect(found.all()[0]?.requests).toMatchObject([
    { calls: 3, hasOtherObjects: true, reported: { resource: "arn:aws:s3:::in/a/1" } },
  ]);
});

test("a call without a known action is counted by its operation", () => {
  const found = counter();
  for (const operation of ["CopyObject", "ReEncrypt", "CopyObject"])
    found.add(KEY, call({ reported: reported({ action: null, operation, resource: null }) }));

  expect(found.all()[0]?.requests.map(({ calls }) => calls)).toEqual([2, 1]);
});

test("beyond the limits calls are only counted, and known kinds go on", () => {
  const other = `${KEY}-b` as Key;
  const found = counter(2, 3);
  for (const name of ["a:A", "a:B", "a:C", "a:A"]) found.add(KEY, action(name));
  for (const name of ["a:A", "a:B"]) found.add(other, action(name));

  const summary = found
    .all()
    .map(({ requests, otherCalls }) => [requests.map(({ calls }) => calls), otherCalls]);
  expect(summary).toEqual([
    [[2, 1], 1],
    [[1], 1],
  ]);
});

test("what was counted before is added, and what was not called since a time is forgotten", () => {
  const before = counter(1);
  before.add(KEY, call());
  before.add(KEY, action("a:A"));
  const found = counter();
  found.add(KEY, action("a:B", AT_MS + 10));
  for (const one of before.all()) found.addAll(one);

  expect(found.all()).toMatchObject([{ requests: [{ calls: 1 }, { calls: 1 }], otherCalls: 1 }]);

  found.forgetBefore(AT_MS + 5);
  expect(found.all()).toMatchObject([{ requests: [{ reported: { action: "a:B" } }] }]);

  found.forgetBefore(AT_MS + 11);
  expect(found.all()).toEqual([]);
});
