import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, allowAnywhere, type Expansion, grantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const MACHINE: ResourceKind = {
  what: "a state machine",
  service: "states",
  prefix: "stateMachine:",
  name: "[a-zA-Z0-9_-]{1,80}",
  example: "refund",
};

const fields = z.strictObject({
  stateMachine: resourceField(MACHINE),
  allow: listOf(z.enum(["start", "startSync", "observe", "callback"])),
});

type Verb = z.infer<typeof fields>["allow"][number];

export const states = grantEntry({
  grant: "states",
  fields,
  verbs: {
    start: {
      allows: "start executions",
      leavesOut: "start has no DescribeExecution. To watch it: allow: [start, observe]",
    },
    startSync: { allows: "start express executions and wait for them", leavesOut: null },
    observe: { allows: "list, read and stop executions", leavesOut: null },
    callback: { allows: "answer task tokens, of any state machine", leavesOut: null },
  },
  regionalFields: ["stateMachine"],
  examples: [{ stateMachine: "refund", allow: ["start", "startSync", "observe", "callback"] }],
  expand: (grant, place) => {
    const machine = resourceArn(MACHINE, grant.stateMachine, place);
    return grant.allow.flatMap((verb) => EXPAND[verb](machine));
  },
});

const EXPAND: Readonly<Record<Verb, (machine: string) => readonly Expansion[]>> = {
  start: (machine) => [allow("start", ["states:StartExecution"], [machine])],
  startSync: (machine) => [allow("startSync", ["states:StartSyncExecution"], [machine])],
  observe: (machine) => [
    allow("observe", ["states:DescribeStateMachine", "states:ListExecutions"], [machine]),
    allow(
      "observe",
      ["states:DescribeExecution", "states:GetExecutionHistory", "states:StopExecution"],
      [`${machine.replace(":stateMachine:", ":execution:")}:*`],
    ),
  ],
  callback: () => [
    allowAnywhere(
      "callback",
      ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"],
      "a task token names no resource",
    ),
  ],
};
