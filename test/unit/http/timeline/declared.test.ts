import { expect, test } from "@jest/globals";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { parseRevision, type Revision } from "../../../../src/model/values/revision.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift, record, view } from "../../../support/screens/world-states.ts";
import { asked, ended, found, hours, NOW_MS, ORDERS, type Scene } from "./scene.ts";

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
const ofGit = (revision: Revision): AuditFact => found({ revision, declaredOnly: true, authors: [] });
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
  const shown = await asked({ facts, ...(access !== undefined && { access }) });
  const [one] = shown.ended;
  const { declaredIn, declaredBy } = one ?? {};

  expect(shown.ended).toHaveLength(1);
  expect({ ...(declaredIn && { declaredIn }), ...(declaredBy && { declaredBy }) }).toEqual(is);
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

test("a timeline until an earlier time shows what drifted then, and nothing that came later", async () => {
  const facts: Scene["facts"] = [
    [hours(9), found()],
    [hours(2), ended({ since: hours(9) })],
    [hours(1), found()],
    [hours(0.5), ended({ since: hours(1) })],
  ];

  const then = await asked({ facts, untilMs: Date.parse(hours(6)) });
  const later = await asked({ facts, untilMs: NOW_MS + 3_600_000 });

  expect([then.to, then.from]).toEqual([hours(6), hours(30)]);
  expect(then.drifting).toMatchObject([{ since: hours(9), ended: null }]);
  expect(then.ended).toEqual([]);
  expect(then.steps.at(-1)).toMatchObject({ drifting: 1 });
  expect(later.to).toBe(hours(-1 / 60));
  expect(later.ended).toHaveLength(2);
});
