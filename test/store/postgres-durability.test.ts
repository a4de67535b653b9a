import { expect, test } from "@jest/globals";
import { durability } from "../../src/store/postgres/durability.ts";

const ALONE = { fsync: true, synchronous_commit: "on", synchronous_standbys: "", receivers: 0 };
const SYNCHRONOUS = { ...ALONE, synchronous_standbys: "one", receivers: 1 };

test.each([
  { facts: { ...ALONE, fsync: false }, outcome: "failed", because: "a power failure damages it" },
  {
    facts: { ...SYNCHRONOUS, synchronous_commit: "off" },
    outcome: "failed",
    because: "a crash of the server loses entries",
  },
  { facts: ALONE, outcome: "passed", because: "there is no standby that a failover could lead to" },
  { facts: SYNCHRONOUS, outcome: "passed", because: "a commit waits for the standby" },
  {
    facts: { ...ALONE, receivers: 2 },
    outcome: "warning",
    because: "the standbys may lack the last entries",
  },
  {
    facts: { ...SYNCHRONOUS, synchronous_commit: "local" },
    outcome: "warning",
    because: "no commit waits for the standby, although it is named as synchronous",
  },
])("the durability is $outcome if $because", ({ facts, outcome }) => {
  expect(durability(facts).outcome).toBe(outcome);
});
