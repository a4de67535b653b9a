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

const kinds = (found: DenialCounter, at = 0) =>
  found.all()[at]?.requests.map(({ reported: { action: name }, calls }) => [name, calls]);

test("a new kind takes the place of the rarest, whose calls are counted without it", () => {
  const found = counter(2);
  for (const name of ["a:A", "a:A", "a:B", "a:C"]) found.add(KEY, action(name));

  expect(kinds(found)).toEqual([
    ["a:A", 2],
    ["a:C", 1],
  ]);
  expect(found.all()[0]).toMatchObject({ otherCalls: 1, otherLastMs: AT_MS });
});

test("of equally rare kinds the oldest leaves", () => {
  const found = counter(2);
  found.add(KEY, action("a:new", AT_MS + 5));
  found.add(KEY, action("a:old", AT_MS));
  found.add(KEY, action("a:C", AT_MS + 5));

  expect(kinds(found)?.map(([name]) => name)).toEqual(["a:C", "a:new"]);
});

test.each([1, 100])("invented kinds with %d calls each do not hide one that goes on", (calls) => {
  const found = counter();
  for (let at = 0; at < 20 * calls; at += 1) found.add(KEY, action(`x:A${at % 20}`));
  for (let at = 0; at < 5_000; at += 1) {
    found.add(KEY, action("dynamodb:GetItem"));
    if (at % 2 === 0) found.add(KEY, action(`x:B${at}`));
  }

  expect(kinds(found)?.map(([name]) => name)).toContain("dynamodb:GetItem");
});

test("one namespace does not take the places of another, and its function with the most kinds loses its rarest", () => {
  const other = KEY.replace("/orders/", "/flood/") as Key;
  const found = counter(20, 10);
  for (let at = 0; at < 9; at += 1) found.add(other, action(`x:A${at}`));
  found.add(`${other}-b` as Key, action("x:A"));
  for (let at = 0; at < 3; at += 1) found.add(KEY, action(`a:A${at}`));

  const sizes = found.all().map(({ key, requests, otherCalls }) => [key, requests.length, otherCalls]);
  expect(sizes).toEqual([
    [other, 6, 3],
    [`${other}-b`, 1, 0],
    [KEY, 3, 0],
  ]);
});

test("calls of other kinds are kept until they are old, also if no kind is", () => {
  const found = counter();
  found.addAll({ key: KEY, requests: [], otherCalls: 4, otherLastMs: AT_MS });

  found.forgetBefore(AT_MS);
  expect(found.all()).toEqual([{ key: KEY, requests: [], otherCalls: 4, otherLastMs: AT_MS }]);
  found.forgetBefore(AT_MS + 1);
  expect(found.all()).toEqual([]);
});

test("of a record without their time, other calls are as new as the newest request", () => {
  const before = counter();
  before.add(KEY, call());
  const found = counter();
  for (const one of before.all()) found.addAll({ ...one, otherCalls: 2 });

  expect(found.all()[0]).toMatchObject({ otherCalls: 2, otherLastMs: AT_MS });
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
