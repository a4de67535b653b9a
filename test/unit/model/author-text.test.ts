import { expect, test } from "@jest/globals";
import { actorText } from "../../../src/model/changes/author-text.ts";
import { ALICE } from "../settle/attribution/changes.ts";

const named = { ...ALICE, name: "alice", role: null, sourceAddress: null };

test.each([
  ["a user", { kind: "user" }, "user alice"],
  ["a federated user, whose name the caller chose", { kind: "federated-user" }, "federated user alice"],
  ["a session", { role: "admin" }, "alice via admin"],
  ["a session that is named like its role", { role: "alice" }, "a session of role alice"],
  ["a user that is named like the root user", { kind: "user", name: "root" }, "user root"],
  ["the root user", { kind: "root", name: "root" }, "root"],
  ["a service", { kind: "service", name: "lambda.amazonaws.com" }, "lambda.amazonaws.com"],
] as const)("the text of %s has what no other caller has", (_, actor, text) => {
  expect(actorText({ ...named, ...actor })).toBe(text);
});
