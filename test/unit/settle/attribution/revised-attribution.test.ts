import { expect, test } from "@jest/globals";
import type { DriftChange } from "../../../../src/model/drift.ts";
import { withRecorded } from "../../../../src/settle/drift/revised-attribution.ts";
import { attribution, attach } from "./sighted.ts";
import { drifted, ROLE, SECOND } from "./changes.ts";

const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
const POLICY = "arn:aws:iam::111122223333:policy/orders";

test.each<[string, DriftChange, unknown]>([
  [ROLE, { kind: "boundary" }, [{ kind: "role", name: "orders" }]],
  [POLICY, { kind: "policy-document" }, [{ kind: "policy", arn: POLICY }]],
  [FUNCTION, { kind: "function-role" }, [{ kind: "function", name: "orders", qualifier: null }]],
  [
    FUNCTION,
    { kind: "statement-missing", sid: "s", qualifier: "live" },
    [{ kind: "function", qualifier: "live" }],
  ],
  ["arn:aws:s3:::bucket", { kind: "boundary" }, []],
])(
  "a recorded call whose event is no longer known was of %s, with the change %j",
  (subject, change, objects) => {
    const before = attribution({ records: [attach(7)] });
    const changes = { records: [], problem: null };

    const known = withRecorded(drifted(change, { subject }), { changes, before, readMs: SECOND });

    expect(known.records.map(({ event }) => event.object)).toMatchObject(objects as object[]);
  },
);
