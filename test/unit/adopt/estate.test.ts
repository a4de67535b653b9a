import { describe, expect, test } from "@jest/globals";
import { notCalled, unreadText, type Unread } from "../../../src/adopt/estate/estate.ts";

describe("an unread part of an estate", () => {
  const denied: Unread = { kind: "unknown", call: "tag:GetResources", why: "denied", reason: "AccessDenied" };

  test.each([
    { unread: denied, text: "tag:GetResources is denied" },
    { unread: { ...denied, why: "failed" as const }, text: "tag:GetResources failed" },
    { unread: notCalled("lambda:GetPolicy"), text: "lambda:GetPolicy was not called" },
  ])("is shown as $text", ({ unread, text }) => {
    expect(unreadText(unread)).toBe(text);
  });
});
