import type { Check } from "../check";

/** A parameter that keeps Postgres from acting on others by itself. */
interface Held {
  readonly value: string;
  /** Library whose workers it holds; without it in `shared_preload_libraries` there are none. Absent for Postgres' own. */
  readonly library?: string;
}

/**
 * Subscriptions, whose slot is the source's, jobs of pg_cron (from 1.6) and of TimescaleDB, and requests that pg_net has not sent
 * yet.
 */
const heldParameters: Readonly<Record<string, Held>> = {
  "cron.launch_active_jobs": { value: "off", library: "pg_cron" },
  max_logical_replication_workers: { value: "0" },
  "pg_net.batch_size": { value: "0", library: "pg_net" },
  "timescaledb.max_background_workers": { value: "0", library: "timescaledb" },
};

/** What of a cluster's settings says whether it is a copy, and what may run in it. */
export interface WorkersArgs {
  readonly recoverFrom?: { readonly startWorkers?: boolean };
  readonly baseBackupFrom?: { readonly startWorkers?: boolean };
  readonly replica?: object;
  readonly masking?: object;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly subscriptions?: Readonly<
    Record<string, { readonly parameters?: Readonly<Record<string, string>> } | undefined>
  >;
}

/** The settings by which a cluster begins with all that another one was doing. */
const beginnings = ["recoverFrom", "baseBackupFrom"] as const;

/**
 * Checks what may act on others in a copy, and holds it until somebody says `startWorkers`. A replica is no such copy: nothing
 * of this runs while it follows, and once promoted it is to do what its source did.
 *
 * @param libraries what Postgres preloads
 * @returns parameters for Postgres; none where nothing is held
 */
export function heldWorkers(
  check: Check,
  args: WorkersArgs,
  libraries: readonly string[],
): Readonly<Record<string, string>> {
  const from = beginnings.find((each) => args[each] !== undefined);
  if (from === undefined) return {};
  const started = args[from]?.startWorkers;
  const setting = `${from}.startWorkers`;
  if (args.replica !== undefined) {
    check.require(
      started === undefined,
      setting,
      started,
      "remove it with replica: it does what its source did once it is promoted",
    );
    return {};
  }
  check.require(
    started !== true || args.masking === undefined,
    setting,
    started,
    "remove it with masking: subscriptions and jobs would run before the data are masked, in every generation of the clone",
  );
  checkSubscriptions(check, args, setting, started === true);
  if (started === true) return {};
  checkParameters(check.at("parameters"), args.parameters, setting);
  return Object.fromEntries(
    Object.entries(heldParameters)
      .filter(([, { library }]) => library === undefined || libraries.includes(library))
      .map(([name, { value }]) => [name, value]),
  );
}

function checkParameters(check: Check, given: WorkersArgs["parameters"], setting: string): void {
  for (const [name, value] of Object.entries(given ?? {})) {
    // Postgres takes a parameter in any letters; two of one would be set, and the last one counts.
    const plain = name.toLowerCase();
    if (!Object.hasOwn(heldParameters, plain)) continue;
    const held = heldParameters[plain]?.value;
    check.require(
      name === plain && value === held,
      name,
      value,
      `remove it, or ${JSON.stringify(held)}, until ${setting} is true: till then nothing in a copy acts on others by itself`,
    );
  }
}

/** What Postgres would make no slot, or copy no rows, for. */
const never = { copy_data: "rows", create_slot: "a slot", connect: "a slot" } as const;
const isFalse = (value: string | undefined) =>
  value !== undefined && /^(off|f(a(l(se?)?)?)?|no?|0)$/i.test(value);

function checkSubscriptions(
  check: Check,
  { subscriptions = {}, masking }: WorkersArgs,
  setting: string,
  started: boolean,
): void {
  const names = Object.keys(subscriptions);
  // With masking they are refused altogether.
  if (names.length === 0 || masking !== undefined) return;
  check.require(
    started,
    setting,
    started || undefined,
    `true with subscriptions (${names.join(", ")}), which do nothing without; drop those that came with the copy first`,
  );
  for (const name of names) {
    const { parameters = {} } = subscriptions[name] ?? {};
    const at = check.at("subscriptions").at(name).at("parameters");
    at.require(
      parameters.slot_name !== undefined,
      "slot_name",
      undefined,
      'a slot of its own in a copy, such as "orders_copy": with the slot of the source, each of both gets only a part of the changes',
    );
    for (const [key, what] of Object.entries(never))
      at.require(
        !isFalse(parameters[key]),
        key,
        parameters[key],
        `remove it in a copy: a new subscription needs ${what} of its own, since nobody knows up to where the copy has the source's`,
      );
  }
}
