import { expect, test } from "@jest/globals";
import { ObjectLog } from "../../../../src/http/watch/object-log.ts";
import { VersionClock } from "../../../../src/http/watch/version-clock.ts";

const ID = "orders/orders-api";

function seen(digest: string): Parameters<ObjectLog["observe"]>[0] {
  const metadata = { namespace: "orders", name: "orders-api" };
  const identity = { apiVersion: "v1", kind: "Binding", metadata, fields: {} };
  return { identity, digest, row: digest, text: () => digest };
}

/** A log whose object was looked at, and is computed from the stamp "a". */
function stampedLog(): ObjectLog {
  const log = new ObjectLog(new VersionClock(1, () => 0), () => 0);
  log.observe(seen("first"), 1);
  log.setStamp(ID, "a");
  log.completed(new Set([ID]), 1);
  return log;
}

test("an object that a list has shown as it was is not computed again by the next look", () => {
  const log = stampedLog();

  log.observe(seen("first"), 2);

  expect(log.hasStamp(ID, { stamp: "a", order: 3 })).toBe(true);
});

test("an object that a list has shown changed is computed by the next look", () => {
  const log = stampedLog();

  log.observe(seen("second"), 2);

  expect(log.hasStamp(ID, { stamp: "a", order: 3 })).toBe(false);
});

test("an object that a client has in another state than the newest is computed by the next look", () => {
  const log = stampedLog();

  log.distrust(ID);

  expect(log.hasStamp(ID, { stamp: "a", order: 3 })).toBe(false);
});
