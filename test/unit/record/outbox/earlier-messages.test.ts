import { expect, test } from "@jest/globals";
import { digestBody, type AlertDigest } from "../../../../src/record/digest.ts";
import { storedMessage } from "../../../../src/record/stored-message.ts";
import type { AlertMessage } from "../../../../src/record/message.ts";
import { messageAbout } from "../../../support/alerts/outgoing.ts";
import { EVENTS, opened } from "../settlements.ts";

/** As a version wrote it that had the lines only in the text. */
function earlier(message: AlertMessage): AlertMessage {
  const { headline: _, details: __, ...rest } = message;
  return rest as AlertMessage;
}

test.each(Object.values(EVENTS))(
  "a stored alert of $kind has the lines of its text, as a new one",
  (event) => {
    const message = messageAbout(event);

    expect(message.text).toBe([message.headline, ...message.details].join("\n"));
    expect(storedMessage(earlier(message))).toEqual(message);
  },
);

test("a digest has the headline of a message that an earlier version stored", () => {
  const message = messageAbout(opened());
  const digest = JSON.parse(digestBody([JSON.stringify(earlier(message))], "a minute")) as AlertDigest;

  expect(digest).toMatchObject({ headline: "1 alerts within a minute:", details: [message.headline] });
  expect(digest.messages[0]).not.toHaveProperty("headline");
});
