import type { BranchCommand } from "../../cli/toolbox/branch-command.ts";
import { localRequest } from "../source.ts";

export async function createBranch(request: BranchCommand, signal: AbortSignal): Promise<readonly string[]> {
  const { createLocalBranch } = await import("../../source/local-branch.ts");
  return createLocalBranch(localRequest(request), request, signal);
}
