import type { Runbook } from "./runbook.ts";

/** The runbooks of changes that wait and go on by themselves. */
export const WAIT_RUNBOOKS: readonly Runbook[] = [
  {
    id: "change-window-closed",
    title: "A change waits for its change window",
    means:
      "A ChangeWindow of the platform applies to the function. It is closed now, or an account that it puts before this one is not verified, or its manifest has an error. Changes from Git wait; changes made in AWS are reverted to the last applied state.",
    risk: "The last applied state remains in effect. If the change removes a permission, the function still has it.",
    see: [
      ["grantkeeper get approvals", "what waits, for which account, or when the window opens"],
      ["grantkeeper describe approval DIGEST", "every permission and call that waits"],
    ],
    steps: [
      "Wait: it is written when the window opens and every account before it is verified. No approval is needed.",
      "If the reason names another account, look there: `grantkeeper describe TARGET` of the function that the reason names. It goes on by itself after that function is applied, in sync, and was not changed or denied a new call for the time of the window.",
      "If it is a fix that must not wait, an operator of all namespaces who is no author of the change overrides the window for exactly this plan: `grantkeeper approve DIGEST --override --reason TEXT --for 1h`. It ends this wait alone: if another one is left, such as for an account, `get approvals` shows it under another digest.",
      "If the reason names a file that must be corrected, correct that ChangeWindow; until then nothing from Git is written for what it applies to.",
      "If the change also needs an approval, give it first, with a time that lasts until the window opens: `--for 12h`.",
    ],
    over: "`grantkeeper wait TARGET` ends with 0.",
  },
  {
    id: "waiting-for-dependency",
    title: "A change waits for another function",
    means:
      "The manifest names functions in `dependsOn`, and one of them is not in sync in this account and region; or Git removed the function, and another one still depends on it. Changes from Git wait; changes made in AWS are reverted to the last applied state.",
    risk: "The last applied state remains in effect. If the change removes a permission, the function still has it.",
    see: [
      ["grantkeeper describe TARGET", "the function that it waits for, and the first cause"],
      ["grantkeeper get approvals", "everything that waits"],
    ],
    steps: [
      "Look at the function that the reason names last: `grantkeeper describe TARGET`. Approve it, end its suspension, or correct its manifest. This change goes on by itself as soon as that function is in sync.",
      "If the order does not matter any more, remove the function from `dependsOn` in Git.",
      "If it is a fix that must not wait, an operator of all namespaces who is no author of the change overrides the wait for exactly this plan: `grantkeeper approve DIGEST --override --reason TEXT --for 1h`.",
      "If Git removed the function, wait until the functions that depend on it are removed, or are applied without it.",
    ],
    over: "`grantkeeper wait TARGET` ends with 0.",
  },
  {
    id: "change-waits-long",
    title: "A change waits for long",
    means:
      "A change from Git waits longer than `longWait` of the operator's file: for an approval, a change window that has opened since then, another account or another function. The alert is sent once for a namespace and account, and ends when none of its changes waits that long.",
    risk: "The last applied state remains in effect. If the change removes a permission, the function still has it.",
    see: [
      ["grantkeeper get approvals", "what waits, since when, and for which cause"],
      ["grantkeeper get changewindows", "which window or account it waits for"],
    ],
    steps: [
      "A pending approval: ask one of its approvers to review it.",
      "A change window that has opened meanwhile: something else held the change back then, or it began too late for the window. If the reason names another account or another function, fix that one first.",
      "If nothing of it is wanted any more, revert the commit; only a plan that awaits an approval can be rejected.",
    ],
    over: "`grantkeeper get approvals` does not list it.",
  },
];
