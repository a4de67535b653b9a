import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { isInOrder } from "../../../src/judge/approvals/approved.ts";
import { actionDigest, type Action } from "../../../src/model/plan.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { INSTANCE_TAG } from "../../../src/model/aws/tag.ts";
import { contentDigest, contentOf, type AdoptedRole } from "../../../src/model/keys/adopted-role.ts";
import type { AdoptionUndoRecord, UndoFinding } from "../../../src/model/keys/adoption-undo.ts";
import { liveRole, type LiveAccount, type LiveRole } from "../../../src/model/live.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { planAdoptionUndo } from "../../../src/plan/adoption-undo.ts";
import { applyTo, pastWrites, withRole } from "../../support/pass/apply.ts";
import {
  appliedRecord,
  binding,
  BOUNDARY,
  desiredAccount,
  documentOf,
  NOW_MS,
  OTHER_BOUNDARY,
  SETTLE_MS,
} from "../../support/pass/bindings.ts";
import { accountWith, liveRoleOf, livePolicyOf } from "../../support/pass/live-state.ts";
import { context } from "../../support/pass/plans.ts";
import { allows } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { ACTIONS, allowOnly, evaluated, kills, RESOURCES, statements } from "./drawn-world.ts";

const REQUESTS = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })));
const DESIRED = binding();
const OURS = ["grantkeeper"];
const ATTACHABLE = ["a", "b"].map((name) =>
  livePolicyOf(`arn:aws:iam::aws:policy/${name}` as Arn, [
    documentOf({ Effect: "Allow", Action: name === "a" ? "s3:GetObject" : "sqs:*", Resource: "*" }),
  ]),
);

const { fences, ...account } = desiredAccount();
const ACCOUNT = { ...account, fences: { ...fences, attachablePolicies: ATTACHABLE.map(({ arn }) => arn) } };

/** What a role had, or has since it was taken over. */
interface Drawn {
  readonly inline: Readonly<Record<string, readonly Statement[]>>;
  readonly attached: readonly number[];
  readonly boundary: "default" | "other";
  readonly description: string;
  readonly tags: readonly string[];
}

/** @param names of its inline policies: Grantkeeper writes only one, which others may have had too */
function drawn(
  documents: fc.Arbitrary<readonly Statement[]>,
  names: readonly string[] = ["app", "more", "grantkeeper"],
): fc.Arbitrary<Drawn> {
  return fc.record({
    inline: fc.dictionary(fc.constantFrom(...names), documents, { maxKeys: 3 }),
    attached: fc.subarray([0, 1]),
    boundary: fc.constantFrom("default", "other"),
    description: fc.constantFrom("", "Orders API"),
    tags: fc.subarray(["team", "stage"]),
  });
}

function roleOf({ inline, attached, boundary, description, tags }: Drawn): LiveRole {
  const ownership = DESIRED.role.tags.filter(({ key }) => key.startsWith("grantkeeper.dev/"));
  return liveRoleOf(DESIRED, {
    inline: Object.entries(inline)
      .map(([name, parts]) => ({ name, text: documentOf(...parts) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    attachments: attached.map((at) => ATTACHABLE[at]?.arn ?? BOUNDARY),
    boundary: boundary === "default" ? BOUNDARY : OTHER_BOUNDARY,
    description,
    tags: [...ownership, ...tags.map((key) => ({ key, value: "x" }))].sort((a, b) =>
      a.key < b.key ? -1 : 1,
    ),
  });
}

interface Scene {
  readonly adopted: AdoptedRole;
  readonly live: LiveAccount;
}

function sceneOf(from: Drawn, to: Drawn): Scene {
  const [role, former] = [roleOf(to), contentOf(roleOf(from))];
  const other = livePolicyOf(OTHER_BOUNDARY, [
    documentOf({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
  ]);
  const all = livePolicyOf(BOUNDARY, [documentOf({ Effect: "Allow", Action: "*", Resource: "*" })]);
  const adopted: AdoptedRole = {
    arn: role.arn,
    roleId: role.roleId,
    atMs: NOW_MS - 1,
    former,
    changedAtMs: NOW_MS - 1,
    lastWritten: contentDigest(contentOf(role)),
  };
  return { adopted, live: accountWith({ role, policies: [...ATTACHABLE, other, all] }) };
}

const BEGUN: AdoptionUndoRecord = {
  subject: digestOf("undo"),
  way: "in-place",
  to: DESIRED.role.arn,
  actor: "dana",
  orderedMs: NOW_MS,
  begunMs: NOW_MS,
  state: "running",
  sinceMs: NOW_MS,
  reason: null,
  until: null,
};

interface Moment {
  readonly live: LiveAccount;
  readonly made: readonly Action[];
  readonly nowMs: number;
}

function findingAt({ adopted }: Scene, { live, made, nowMs }: Moment): UndoFinding {
  const record = appliedRecord(DESIRED, {
    adoptedRole: adopted,
    ...(made.length > 0 && { adoptionUndo: BEGUN }),
  });
  const writes = recentWrites([...pastWrites(made, nowMs - SETTLE_MS)]);
  return planAdoptionUndo(DESIRED, context(live, { record, writes, nowMs, account: ACCOUNT }));
}

function planned(finding: UndoFinding): readonly Action[] {
  if (finding.kind !== "planned") throw new Error(JSON.stringify(finding));
  return finding.plan.actions;
}

/** The calls of a plan that is not refused for its order. */
function safeCalls(scene: Scene): readonly Action[] {
  const finding = findingAt(scene, { live: scene.live, made: [], nowMs: NOW_MS });
  fc.pre(finding.kind !== "refused" || finding.obstacles.some(({ kind }) => kind !== "order"));
  return planned(finding);
}

function roleIn(live: LiveAccount): LiveRole {
  const role = liveRole(live, DESIRED.role.name);
  if (role.kind !== "present") throw new Error("the role is gone");
  return role.value;
}

function unlike(from: Drawn, to: Drawn): boolean {
  return JSON.stringify(from) !== JSON.stringify(to);
}

describe("the restoration of a role that was taken over in place", () => {
  test(
    "revokes at no prefix what both states allow, also with a Deny in either",
    () => {
      fc.assert(
        fc.property(drawn(statements), drawn(statements, OURS), (from, to) => {
          const scene = sceneOf(from, to);
          const actions = safeCalls(scene);
          const [first, last] = [evaluated(scene.live), evaluated(applyTo(scene.live, actions, NOW_MS))];

          for (let count = 0; count <= actions.length; count += 1) {
            const seen = evaluated(applyTo(scene.live, actions.slice(0, count), NOW_MS));
            const lost = REQUESTS.filter(
              (request) => allows(first, request) && allows(last, request) && !allows(seen, request),
            );
            expect(lost).toEqual([]);
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "grants at no prefix what neither state allows, also with a Deny in either and another boundary",
    () => {
      fc.assert(
        fc.property(drawn(statements), drawn(statements, OURS), (from, to) => {
          const scene = sceneOf(from, to);
          const actions = safeCalls(scene);
          const [first, last] = [evaluated(scene.live), evaluated(applyTo(scene.live, actions, NOW_MS))];

          for (let count = 0; count <= actions.length; count += 1) {
            const seen = evaluated(applyTo(scene.live, actions.slice(0, count), NOW_MS));
            const opened = REQUESTS.filter(
              (request) => allows(seen, request) && !allows(first, request) && !allows(last, request),
            );
            expect(opened).toEqual([]);
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "is planned whenever neither state denies, since then one order is always safe",
    () => {
      fc.assert(
        fc.property(drawn(allowOnly), drawn(allowOnly, OURS), (from, to) => {
          const scene = sceneOf(from, to);

          expect(findingAt(scene, { live: scene.live, made: [], nowMs: NOW_MS }).kind).toBe("planned");
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "ends with the recorded bytes and without ownership tags after any kills, by the approved calls alone",
    () => {
      fc.assert(
        fc.property(drawn(statements), drawn(statements, OURS), kills, (from, to, cuts) => {
          fc.pre(unlike(from, to));
          const scene = sceneOf(from, to);
          const covers = safeCalls(scene).map(actionDigest);
          let moment: Moment = { live: scene.live, made: [], nowMs: NOW_MS };

          for (const cut of [...cuts, 99]) {
            const finding = findingAt(scene, moment);
            if (finding.kind === "nothing") break;
            const actions = planned(finding);
            expect(isInOrder(actions.map(actionDigest), covers)).toBe(true);
            const now = actions.slice(0, cut);
            moment = {
              live: applyTo(moment.live, now, moment.nowMs),
              made: [...moment.made, ...now],
              nowMs: moment.nowMs + 2 * SETTLE_MS,
            };
          }

          const role = roleIn(moment.live);
          expect(contentOf(role)).toEqual(scene.adopted.former);
          expect(role.tags.some(({ key }) => key === INSTANCE_TAG)).toBe(false);
          expect(findingAt(scene, moment).kind).toBe("nothing");
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test("is refused for a role that someone changed since, unless its calls have begun", () => {
    fc.assert(
      fc.property(drawn(allowOnly), drawn(allowOnly), drawn(allowOnly), (from, to, other) => {
        fc.pre(unlike(to, other));
        const scene = sceneOf(from, to);
        const live = withRole(scene.live, roleOf(other));

        const finding = findingAt(scene, { live, made: [], nowMs: NOW_MS });

        expect(finding).toMatchObject({ kind: "refused", obstacles: [{ kind: "changed" }] });
      }),
      { numRuns: FC_RUNS },
    );
  });
});
