import { resourceGrant } from "./resource-grant.ts";
import { resourceArn, type ResourceKind } from "../fields/resource.ts";

const GROUP: ResourceKind = {
  what: "a schedule group of EventBridge Scheduler",
  service: "scheduler",
  prefix: "schedule-group/",
  name: "[0-9a-zA-Z_.-]{1,64}",
  example: "reminders",
};

export const scheduler = resourceGrant({
  grant: "scheduler",
  field: "group",
  kind: GROUP,
  arn: (written, place) =>
    `${resourceArn(GROUP, written, place).replace(":schedule-group/", ":schedule/")}/*`,
  verbs: {
    manage: {
      allows: "create, read, update and delete schedules of the group",
      leavesOut:
        "manage has no iam:PassRole, which CreateSchedule needs for the role of the schedule's target: write it under spec.statements, on that one role, with iam:PassedToService scheduler.amazonaws.com",
      actions: [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
    },
  },
  examples: [{ group: "reminders", allow: ["manage"] }],
});
