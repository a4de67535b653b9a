import { parse, type ScalarTag } from "yaml";
import { type Deployment, MIB, mountAt, read } from "./deployment.ts";

interface TaskContainer {
  readonly Name: string;
  readonly User: string;
  readonly Memory: number;
  readonly EntryPoint?: readonly string[];
  readonly Command?: readonly string[];
  readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Secrets?: readonly { readonly Name: string }[];
  readonly ReadonlyRootFilesystem?: boolean;
  readonly StopTimeout?: number;
  readonly HealthCheck?: { readonly Command: readonly string[] };
  readonly MountPoints: readonly { readonly ContainerPath: string; readonly ReadOnly?: boolean }[];
  readonly LinuxParameters?: {
    readonly Tmpfs?: readonly { readonly ContainerPath: string; readonly Size: number }[];
  };
}

const FUNCTIONS: readonly ScalarTag[] = ["!Sub", "!GetAtt", "!Ref"].map((tag) => ({
  tag,
  resolve: (text) => text,
}));

/** The containers of the task, in the order in which ECS starts them. */
export function taskDeployments(
  task: "Task" | "RestoreTask" = "Task",
  file = "ecs/template.yaml",
): readonly Deployment[] {
  const template = parse(read(file), { customTags: [...FUNCTIONS] }) as {
    readonly Resources: {
      readonly [Name in typeof task]: {
        readonly Properties: { readonly ContainerDefinitions: readonly TaskContainer[] };
      };
    };
  };
  return template.Resources[task].Properties.ContainerDefinitions.map((container) => {
    const { EntryPoint, Command = [], LinuxParameters } = container;
    const [uid = "0", gid = "0"] = container.User.split(":");
    return {
      name: `ecs-${container.Name}`,
      user: { uid: Number(uid), gid: Number(gid), volumeGroup: null },
      args: EntryPoint === undefined ? null : [...EntryPoint, ...Command],
      env: (container.Environment ?? []).map(({ Name, Value }) => `${Name}=${Value}`),
      secretEnv: (container.Secrets ?? []).map(({ Name }) => Name),
      umask: null,
      isRootReadOnly: container.ReadonlyRootFilesystem === true,
      memoryBytes: container.Memory * MIB,
      tasks: null,
      mounts: [
        ...container.MountPoints.map(({ ContainerPath, ReadOnly }) =>
          mountAt(ContainerPath, ReadOnly !== true),
        ),
        ...(LinuxParameters?.Tmpfs ?? []).map(({ ContainerPath, Size }) =>
          mountAt(ContainerPath, true, Size * MIB),
        ),
      ],
      checks: {
        commands: container.HealthCheck === undefined ? [] : [container.HealthCheck.Command.slice(1)],
        urls: [],
      },
      stopsWithinMs: (container.StopTimeout ?? 30) * 1_000,
    };
  });
}
