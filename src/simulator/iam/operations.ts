import { IAM_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import type { Operation } from "../contract.ts";
import { accessReportOperations } from "./access-reports.ts";
import { accountOperations } from "./account.ts";
import { instanceProfileOperations, roleOperations } from "./roles.ts";
import { policyOperations, policyVersionOperations } from "./policies.ts";
import { rolePolicyOperations } from "./role-policies.ts";
import type { IamScope } from "./state.ts";

export const iamOperations: Readonly<Record<string, Operation<IamScope>>> = bounded(IAM_BOUNDS, {
  ...roleOperations,
  ...rolePolicyOperations,
  ...policyOperations,
  ...policyVersionOperations,
  ...instanceProfileOperations,
  ...accountOperations,
  ...accessReportOperations,
});
