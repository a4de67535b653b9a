import { describe, expect, test } from "@jest/globals";
import type { AlertDigest } from "../../../../src/record/digest.ts";
import type { AlertMessage } from "../../../../src/record/message.ts";
import { Places } from "../../../store/places.ts";
import { KEY } from "../settlements.ts";
import { bodies, sending } from "./sending.ts";

const places = new Places();

describe("too many for a minute", () => {
  const digestOf = (sent: readonly string[]): AlertDigest =>
    JSON.parse(sent.at(-1)?.slice("ops ".length) ?? "") as AlertDigest;

  test("six fit one by one", async () => {
    const { sent, put, drain } = await sending(places);
    await put("ops", ...bodies(6));

    await drain();

    expect(sent.map((text) => (JSON.parse(text.slice(4)) as AlertMessage).kind)).toEqual(
      Array(6).fill("drift-opened"),
    );
  });

  test("of more than six the last is a digest of the rest, and the next minute starts again", async () => {
    const { sent, put, drain, left, later } = await sending(places);
    await put("ops", ...bodies(30));

    await drain();

    expect(sent).toHaveLength(6);
    expect(await left()).toEqual([]);
    expect(digestOf(sent)).toMatchObject({
      kind: "digest",
      status: "told",
      severity: "other",
      incident: "digest/2026-11-25T12:00:00.005Z",
    });
    expect(digestOf(sent).messages).toHaveLength(25);
    expect(digestOf(sent).messages[0]).toEqual({
      incident: `drift/${KEY.replace("orders-api", "f-5")}`,
      status: "open",
      hold: null,
      severity: "other",
      kind: "drift-opened",
      key: KEY.replace("orders-api", "f-5"),
      account: "prod",
      at: "2026-11-25T12:00:00.005Z",
      namespace: "orders",
      since: null,
    });
    expect(digestOf(sent).text.split("\n")).toHaveLength(22);
    expect(digestOf(sent).text).toMatch(
      /^25 alerts within a minute:\n🟠 orders\/f-5@prod\/eu-west-1: .*\n.*/,
    );
    expect(digestOf(sent).text).toMatch(/\nand 5 more$/);

    await put("ops", ...bodies(1));
    await drain();
    expect(sent).toHaveLength(6);
    later(60_000);
    await drain();
    expect(sent).toHaveLength(7);
  });

  test("severe messages come first in a digest, so that none is missed", async () => {
    const { sent, put, drain } = await sending(places);
    await put("ops", ...bodies(20), ...bodies(1, "security").map((body) => body.replaceAll("f-0", "grave")));

    await drain();

    expect(digestOf(sent).severity).toBe("security");
    expect(digestOf(sent).text.split("\n")[1]).toContain("grave");
    expect(digestOf(sent).messages.at(-1)?.severity).toBe("security");
  });

  test("a rejected digest loses no message", async () => {
    const { sent, refusing, put, drain, left, later } = await sending(places);
    const all = bodies(10);
    await put("ops", ...all);
    refusing.add("ops");
    await drain();
    refusing.clear();
    later(60_000);

    await drain();

    expect(await left()).toEqual([]);
    expect(sent).toHaveLength(6);
    expect(digestOf(sent).messages).toHaveLength(5);
  });

  test("a digest has a limit; messages over it wait", async () => {
    const { sent, put, drain, left } = await sending(places);
    await put("ops", ...bodies(300));

    await drain();

    expect(digestOf(sent).messages).toHaveLength(200);
    expect(await left()).toHaveLength(95);
  });

  test("each route has its own limit per minute", async () => {
    const { sent, put, drain } = await sending(places);
    await put("ops", ...bodies(10));
    await put("pager", ...bodies(2));

    await drain();

    expect(sent.filter((text) => text.startsWith("pager"))).toHaveLength(2);
  });
});
