import type { Check } from "../check";
import { notShown } from "../problems";
import { parseCpu, parseRetention, parseSchedule, parseSize } from "../units";
import { BackupMethod, type BackupSettings, type SidecarSettings } from "./args";

/** As CNPG's webhook has it (`isReservedEnvironmentVariable`); its plugin's sidecar sets the same. */
const reservedVariable = /^(PG|CNPG_|(POD_NAME|NAMESPACE|CLUSTER_NAME)$)/i;

/** Variables that would hold a key in the open. */
const keyVariable = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/** Checks backup settings at the place where they were written: for the environment, or for one cluster. */
export function checkBackupSettings(check: Check, settings: BackupSettings, method: BackupMethod): void {
  check.parse("retention", settings.retention, parseRetention);
  check.parse("schedule", settings.schedule, parseSchedule);
  check.integer("walParallel", settings.walParallel, 1, 64);
  check.integer("dataJobs", settings.dataJobs, 1, 64);
  for (const [name, value] of Object.entries(settings.env ?? {})) {
    const wellFormed = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
    check.require(wellFormed, `env.${name}`, name, "a name of letters, digits and underscores");
    check.require(
      !reservedVariable.test(name),
      `env.${name}`,
      value,
      "left out: CNPG keeps POD_NAME, NAMESPACE, CLUSTER_NAME and what starts with PG or CNPG_ for itself",
    );
    check.require(
      !keyVariable.test(name),
      `env.${name}`,
      notShown,
      "left out: it would stand in the manifests in the open, and over the Secret that backups.s3 names",
    );
  }
  if (settings.sidecar === undefined) return;
  check.require(
    method === BackupMethod.Plugin,
    "sidecar",
    settings.sidecar,
    "left out with method inTree, which has no sidecar",
  );
  checkSidecar(check.at("sidecar"), settings.sidecar);
}

const sidecarDefaults = { cpu: "100m", memory: "256Mi", memoryLimit: "512Mi" } as const;

/** Requests and limits of the sidecar; a memory request alone is its own limit. */
export function sidecarResources(args: SidecarSettings | undefined) {
  const memory = args?.memory ?? sidecarDefaults.memory;
  return {
    requests: { cpu: args?.cpu ?? sidecarDefaults.cpu, memory },
    limits: {
      ...(args?.cpuLimit !== undefined && { cpu: args.cpuLimit }),
      memory: args?.memoryLimit ?? (args?.memory === undefined ? sidecarDefaults.memoryLimit : memory),
    },
  };
}

function checkSidecar(check: Check, args: SidecarSettings): void {
  const { requests } = sidecarResources(args);
  const cpu = check.parse("cpu", requests.cpu, parseCpu);
  const cpuLimit = check.parse("cpuLimit", args.cpuLimit, parseCpu);
  const memory = check.parse("memory", requests.memory, parseSize);
  const memoryLimit = check.parse("memoryLimit", args.memoryLimit, parseSize);
  if (cpu !== undefined && cpuLimit !== undefined) {
    check.require(
      cpuLimit.milli() >= cpu.milli(),
      "cpuLimit",
      cpuLimit.text,
      `at least the request (${cpu.text})`,
    );
  }
  if (memory !== undefined && memoryLimit !== undefined) {
    const holds = memoryLimit.bytes() >= memory.bytes();
    check.require(holds, "memoryLimit", memoryLimit.text, `at least the request (${memory.text})`);
  }
}
