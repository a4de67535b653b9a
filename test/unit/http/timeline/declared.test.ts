import { expect, test } from "@jest/globals";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { parseRevision, type Revision } from "../../../../src/model/values/revision.ts";
import { visibleEntries } from "../../../../src/http/present/events.ts";
import { FakeControl } from "../../../support/fakes/fake-control.ts";
import { timedEntries } from "../../../support/record/timed-entries.ts";
import { fakeState } from "../../../support/screens/api-world.ts";
import { checked, REVISION } from "../../../support/record/audit-facts.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift, liveRole, record, view } from "../../../support/screens/world-states.ts";
import { asked, ended, found, hours, ORDERS, type Scene } from "./scene.ts";

const revisionOf = (digit: string): Revision => checked(parseRevision(`main@sha1:${digit.repeat(40)}`));
const [EARLIER, LATER] = [revisionOf("1"), revisionOf("2")];

const commit = (author: string) => ({ id: "c", author, committer: "ci", at: hours(4), subject: "x" });
const accepted = (revision: Revision, previous: Revision | null): AuditFact => ({
  kind: "revision-accepted",
  source: "platform",
  revision,
  previous,
  commits: [commit("Dana Ruiz <dana@acme.example>"), commit("Dana Ruiz <dana@home.example>")],
  uncommitted: false,
  quarantined: [],
});
const ofGit = (revision: Revision, change: Parameters<typeof found>[0] = {}): AuditFact =>
  found({ revision, declaredOnly: true, comparedBefore: LATER, authors: [], ...change });
const applied = ended({ how: "applied" });

interface Case {
  readonly because: string;
  readonly facts: NonNullable<Scene["facts"]>;
  readonly access?: Scene["access"];
  readonly is: object;
}

test.each<Case>([
  {
    because: "Git alone made it: the revision and the authors of its commits, each once",
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER)],
      [hours(2), applied],
    ],
    is: { declaredIn: EARLIER, declaredBy: ["Dana Ruiz"] },
  },
  {
    because: "the first revision of all has the authors of its entire history",
    facts: [
      [hours(4), accepted(EARLIER, null)],
      [hours(3), ofGit(EARLIER)],
      [hours(2), applied],
    ],
    is: { declaredIn: EARLIER },
  },
  {
    because: "a token with namespaces sees no commits, which are of all namespaces",
    access: ORDERS,
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER)],
      [hours(2), applied],
    ],
    is: { declaredIn: EARLIER },
  },
  {
    because: "the revision before it was not compared, and may have declared it",
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER, { comparedBefore: REVISION })],
      [hours(2), applied],
    ],
    is: { declaredIn: EARLIER, declaredByUnknown: "not every revision since main@aaaaaaa was compared" },
  },
  {
    because: "the revision that was compared before is not known",
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), found({ revision: EARLIER, declaredOnly: true, authors: [] })],
      [hours(2), applied],
    ],
    is: {
      declaredIn: EARLIER,
      declaredByUnknown: "the revision that was compared before is not recorded",
    },
  },
  {
    because: "several revisions declared it",
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER)],
      [hours(2.5), ofGit(LATER)],
      [hours(2), applied],
    ],
    is: { declaredIn: EARLIER, declaredByUnknown: "several revisions declared it" },
  },
  {
    because: "the revision was accepted again later, with other commits",
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER)],
      [hours(2), applied],
      [hours(1), accepted(EARLIER, REVISION)],
    ],
    is: { declaredIn: EARLIER, declaredBy: ["Dana Ruiz"] },
  },
  {
    because: "a part of it was made in AWS",
    facts: [
      [hours(3), ofGit(EARLIER)],
      [hours(2.5), found({ authors: [] })],
      [hours(2), applied],
    ],
    is: {},
  },
  {
    because: "entries of earlier versions do not have it",
    facts: [
      [hours(3), found()],
      [hours(2), applied],
    ],
    is: {},
  },
])("of a difference that ended, $because", async ({ facts, access, is }) => {
  const state = { views: new Map([[ORDERS_API, view(ORDERS_API)]]) };
  const shown = await asked({ facts, state, ...(access !== undefined && { access }) });
  const known = shown.ended.map((one) =>
    Object.fromEntries(Object.entries(one).filter(([name]) => name.startsWith("declared"))),
  );

  expect(known).toEqual([is]);
});

test("an open difference that Git alone made is of the revision that had it first, not of the newest one", async () => {
  const seen = { ...drift(ORDERS_API), live: null, cause: "initial" as const };
  const known = record(ORDERS_API, { lastAttemptedRevision: LATER });
  const shown = await asked({
    facts: [
      [hours(4), accepted(EARLIER, LATER)],
      [hours(3), ofGit(EARLIER)],
    ],
    records: [{ ...known, driftSinceMs: { [driftFingerprint(seen)]: Date.parse(hours(3)) } }],
    state: { views: new Map([[ORDERS_API, view(ORDERS_API, { drifts: [seen] })]]) },
  });

  expect(shown.drifting).toMatchObject([{ declaredIn: EARLIER, declaredBy: ["Dana Ruiz"] }]);
});

test("a difference in a role of another owner does not show that AWS had nothing in its place", async () => {
  const hidden = view(ORDERS_API, { liveRole: liveRole(ORDERS_API, "search/other") });
  const facts: Scene["facts"] = [
    [hours(3), ofGit(EARLIER)],
    [hours(2), applied],
  ];
  const state = { views: new Map([[ORDERS_API, hidden]]) };
  const control = new FakeControl({ ...fakeState(), ...state, history: timedEntries(facts) });
  const request = { key: ORDERS_API, namespace: null, before: null, limit: 10 };
  const page = await visibleEntries(control, ORDERS, request);
  const shown = await asked({ facts, access: ORDERS, state });

  expect(shown.ended.map(({ declaredIn }) => declaredIn)).toEqual([undefined]);
  expect(page.items.map(({ kind }) => kind)).toEqual(["drift-ended", "drift-found"]);
  expect(JSON.stringify(page.items)).not.toMatch(/declaredOnly|comparedBefore/);
});
