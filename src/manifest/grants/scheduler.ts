import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const GROUP: ResourceKind = {
  what: "a schedule group of EventBridge Scheduler",
  service: "scheduler",
  prefix: "schedule-group/",
  name: "[0-9a-zA-Z_.-]{1,64}",
  example: "reminders",
};

export const scheduler = grantEntry({
  grant: "scheduler",
  fields: z.strictObject({ group: resourceField(GROUP), allow: listOf(z.enum(["manage"])) }),
  verbs: {
    manage: {
      allows: "create, read, update and delete schedules of the group",
      leavesOut:
        "manage has no iam:PassRole, which CreateSchedule needs for the role of the schedule's target: write it under spec.statements, on that one role, with iam:PassedToService scheduler.amazonaws.com",
    },
  },
  regionalFields: ["group"],
  examples: [{ group: "reminders", allow: ["manage"] }],
  expand: (grant, place) => [
    allow(
      "manage",
      [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
      [`${resourceArn(GROUP, grant.group, place).replace(":schedule-group/", ":schedule/")}/*`],
    ),
  ],
});
