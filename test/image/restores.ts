import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kustomizeRestore, type Deployment } from "./deployment.ts";
import { taskDeployments } from "./task-deployment.ts";

const KUSTOMIZE = join(import.meta.dirname, "../../deploy/kustomize");
/** That an overlay has as a comment. */
const COMPONENT = /^# (components: \[\.\.\/restore\])/m;

/** Copies the files to a folder. @returns the overlay of the example, with the component for a restore */
export function restoreOverlay(folder: string): string {
  cpSync(KUSTOMIZE, folder, { recursive: true });
  const file = join(folder, "example/kustomization.yaml");
  const text = readFileSync(file, "utf8");
  assert.match(text, COMPONENT);
  writeFileSync(file, text.replace(COMPONENT, "$1"));
  return join(folder, "example");
}

/**
 * The container in which docs/operations/backup-and-restore.md restores a backup.
 * @param backups the container that makes the backups of the same deployment
 */
export function restoreDeployment(backups: Deployment, folder: string, made: string): Deployment {
  const command = ["grantkeeper", "restore", `/backups/${made}`, "--reason", "the newest backup"];
  const found = containerOf(backups, folder);
  assert.ok(found !== undefined);
  const name = backups.name.replace(/-backups$/, "-restore");
  return { ...found, name, args: [...entryPointOf(found), ...command] };
}

function containerOf(backups: Deployment, folder: string): Deployment | undefined {
  if (backups.name === "kustomize-backups") return kustomizeRestore(restoreOverlay(folder))[0];
  return backups.name === "ecs-backups" ? taskDeployments("RestoreTask")[0] : backups;
}

/** `run-task` replaces the command alone; `kubectl exec` and `docker compose run --entrypoint` replace both. */
function entryPointOf({ name, args }: Deployment): readonly string[] {
  return name === "ecs-restore" && args !== null ? args.slice(0, args.indexOf("ls")) : [];
}
