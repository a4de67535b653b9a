import { afterEach, describe, expect, test } from "@jest/globals";
import type { AlertRouteView } from "../../../src/controller/ports/alert-sender.ts";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { noteRouteName } from "../../../src/model/records/pull-requests/note.ts";
import { ok } from "../../../src/model/values/result.ts";
import { PullRequestSink } from "../../../src/record/sinks/pull-request/pull-request.ts";
import { openStore } from "../../../src/store/sqlite/open.ts";
import { optionsFor, START_MS, testClock } from "../../store/engines.ts";
import { Places } from "../../store/places.ts";
import { alertProcess } from "../../support/alerts/sending.ts";
import { ForgeServer, TOKEN, type ForgedAnswer } from "../../support/forge/forge-server.ts";
import { calm, itemsOf } from "../../support/screens/action-required.ts";
import { NOTE } from "../../unit/record/pull-request-note.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab", "gitea", "forgejo"];
const ROUTE = noteRouteName(NOTE.source);
const MINUTE_MS = 60_000;
/** The rule GrantkeeperAlertsNotDelivered fires after it. */
const NOT_DELIVERED_S = 900;

const places = new Places();
const clock = testClock();
let forge: ForgeServer;

afterEach(() => forge.end());

/** The controller's outbox, with the one sink that it has for as long as it runs. */
async function started(name: ConversationForge) {
  clock.set(START_MS);
  forge = await ForgeServer.start(name);
  const [commit] = NOTE.commits;
  const merged = { number: 12, mergeCommit: commit ?? null, head: "b".repeat(40), isMerged: true };
  forge.merged.push({ ...merged, ofCommits: NOTE.commits, branch: "main", into: "acme/permissions" });
  const at = { repository: "acme/permissions", name: "prod", branch: "main", apiUrl: forge.url };
  const sink = new PullRequestSink(
    { ...at, forge: name, appId: null },
    { clock, fetch, token: () => Promise.resolve(ok(TOKEN)) },
  );
  const store = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const route = { name: ROUTE, kinds: "forge" } as const;
  return alertProcess(store, { clock, routes: [{ sink, route, outbox: { perMinute: 60 } }] });
}

function texts(): readonly (string | undefined)[] {
  return forge.comments.map(({ body }) => body.split("\n")[1]);
}

/** What `grantkeeper status` shows under "Action required". */
function requiredFor(alertRoutes: readonly AlertRouteView[]) {
  const state = calm();
  return itemsOf({ ...state, overview: { ...state.overview, alertRoutes } });
}

const TO_WRITE = { status: 403, lost: "the permission to write", writesOnly: true };
const LOST = [
  ...FORGES.map((name) => ({ name, ...TO_WRITE })),
  { name: "github", status: 401, lost: "every permission", writesOnly: false },
  { name: "gitlab", status: 403, lost: "every permission", writesOnly: false },
] as const;

describe("a note after the merge", () => {
  test.each(LOST)(
    "$name: while a token that worked has lost $lost ($status), it waits, in status and metrics, until the token has it again",
    async ({ name, status, writesOnly }) => {
      const { telemetry, sender, record, drain } = await started(name);
      await record({ ...NOTE, text: "accepted" });
      await drain();
      const refusal: ForgedAnswer = { status, body: { message: "no" } };
      forge.intercept = ({ method }) => (writesOnly && method === "GET" ? null : refusal);

      await record({ ...NOTE, text: "applied" });
      await drain();
      clock.set(START_MS + 20 * MINUTE_MS);
      await drain();
      const required = await requiredFor(await sender.routes());
      const longestS = Math.max(
        ...telemetry.gauges
          .filter((one) => one.name === "alerts_oldest_waiting_seconds")
          .map(({ value }) => value),
      );
      const during = texts();
      forge.intercept = () => null;
      clock.set(START_MS + 40 * MINUTE_MS);
      await drain();

      expect(during).toEqual(["accepted"]);
      expect(required).toEqual([
        expect.objectContaining({
          kind: "alerts",
          target: ROUTE,
          details: [expect.stringContaining(String(status)), "1 message waiting"],
          hint: expect.stringMatching(/^(?:give the token|write a valid token)/),
        }),
      ]);
      expect(telemetry.counts.get(`alerts_sent_total{${ROUTE},failed}`)).toBe(2);
      expect(longestS).toBeGreaterThan(NOT_DELIVERED_S);
      expect(texts()).toEqual(["applied"]);
      expect(await requiredFor(await sender.routes())).toEqual([]);
    },
  );
});
