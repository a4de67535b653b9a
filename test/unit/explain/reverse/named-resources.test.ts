import { expect, test } from "@jest/globals";
import { mayName } from "../../../../src/explain/reverse/named-resources.ts";

const sns = (name: string): string => `arn:aws:sns:eu-west-1:111122223333:${name}`;
const events = (path: string, account = "111122223333"): string =>
  `arn:aws:events:eu-west-1:${account}:${path}`;

test.each([
  { used: sns("a"), node: sns("a"), is: true },
  { used: sns("*"), node: sns("a"), is: true },
  { used: "*", node: sns("a"), is: true },
  { used: sns("a-1"), node: sns("a-*"), is: true },
  { used: sns("a-*"), node: sns("a-*-c"), is: true },
  { used: sns("a-*-b"), node: sns("a-b-*"), is: true },
  { used: sns("a-*"), node: sns("b-*"), is: false },
  { used: sns("a"), node: sns("b"), is: false },
  { used: null, node: sns("a"), is: false },
  { used: sns("a"), node: null, is: false },
  { used: "arn:aws:s3:::in/x", node: "arn:aws:s3:::in", is: true },
  { used: "arn:aws:s3:::in2/x", node: "arn:aws:s3:::in", is: false },
  { used: "text", node: "other", is: false },
  { used: events("event-bus/main"), node: events("rule/main/r"), is: true },
  { used: events("event-bus/default"), node: events("rule/r"), is: true },
  { used: events("event-bus/*"), node: events("rule/main/r"), is: true },
  { used: events("event-bus/main"), node: events("rule/r"), is: false },
  { used: events("event-bus/main"), node: events("rule/main/r", "444455556666"), is: false },
  { used: events("rule/main/r"), node: events("rule/main/s"), is: false },
  { used: events("event-bus/main"), node: events("archive/main"), is: false },
  { used: events("event-bus/main"), node: sns("rule"), is: false },
  { used: sns("event-bus/main"), node: events("rule/main/r"), is: false },
])("$used may be, or set off, $node: $is", ({ used, node, is }) => {
  expect(mayName(used, node)).toBe(is);
});
