import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import * as settings from "@pulumi/pulumi/runtime/settings";

/** What a program registered, with the options that a mock is not told of. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Inputs without the wrapping of secrets; see {@link Recorded.secrets} for what was wrapped. */
  readonly inputs: Fields;
  /** Paths of the inputs that go to the engine as secrets. */
  readonly secrets: readonly string[];
  readonly options: Options;
}

export interface Options {
  /** `type::name` of the parent; empty for none. */
  readonly parent: string;
  /** The same of everything in `dependsOn` and behind outputs, sorted. */
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly replacementTrigger: unknown;
  /** `type::name` of those with which it is replaced. */
  readonly replaceWith: readonly string[];
  readonly timeouts: Readonly<Record<string, string>>;
  /** Fields that stay as they are. */
  readonly ignoreChanges: readonly string[];
  /** Names of hooks by when they run. */
  readonly hooks: Readonly<Record<string, readonly string[]>>;
}

export type Fields = Record<string, unknown>;

/** What a program left behind. */
export interface Recording<T> {
  /** What the program returned. */
  readonly value: T;
  readonly resources: readonly Recorded[];
  /** The one resource of a type and name; fails unless there is exactly one. */
  one(type: string, name?: string): Recorded;
  all(type: string): readonly Recorded[];
  /** `type name` of every resource, sorted. */
  readonly list: readonly string[];
}

/** What {@link record} may be told. */
export interface RecordOptions {
  readonly preview?: boolean;
  /** What every RandomPassword results in. */
  readonly password?: string;
}

type Request = RegisterResourceRequest;
type Answer = (error: unknown, response: unknown) => void;
interface MonitorParts {
  registerResource(request: Request, callback: Answer): unknown;
  registerResourceHook?(request: unknown, callback: Answer): void;
  registerErrorHook?(request: unknown, callback: Answer): void;
}

/** The recording that runs: there is one set of mocks in a process, so another waits for it. */
let running: Promise<unknown> = Promise.resolve();

/**
 * Runs a program against Pulumi's mocks and records all that it registers. Mocks know neither options nor hooks, so
 * the requests to the mock monitor are read on their way.
 */
export function record<T>(program: () => T, options: RecordOptions = {}): Promise<Recording<T>> {
  const next = running.then(() => recordNow(program, options));
  running = next.catch(() => {});
  return next;
}

async function recordNow<T>(program: () => T, options: RecordOptions): Promise<Recording<T>> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({
        id: args.custom === false ? undefined : `${args.name}-id`,
        state: stateOf(args, options),
      }),
      call: (args) => {
        throw new Error(`no function is called: ${args.token}`);
      },
    },
    "pulumi-cnpg",
    "test",
    options.preview ?? false,
  );
  const monitor = settings.getMonitor() as unknown as MonitorParts;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (error === null) resources.push(recorded(request, response as { getUrn(): string }));
      callback(error, response);
    });
  monitor.registerResourceHook = (_request, callback) => callback(null, {});
  monitor.registerErrorHook = (_request, callback) => callback(null, {});
  let value: T;
  try {
    value = program();
  } finally {
    await waitForRegistrations();
  }
  return { value, resources, ...finders(resources) };
}

function finders(resources: readonly Recorded[]) {
  const all = (type: string): readonly Recorded[] => resources.filter((r) => r.type === type);
  return {
    all,
    one(type: string, name?: string): Recorded {
      const found = all(type).filter((r) => name === undefined || r.name === name);
      const [only] = found;
      if (only === undefined || found.length > 1)
        throw new Error(
          `${found.length} resources ${type} ${name ?? ""} among:\n${listOf(resources).join("\n")}`,
        );
      return only;
    },
    list: listOf(resources),
  };
}

function listOf(resources: readonly Recorded[]): string[] {
  return resources.map((r) => `${r.type} ${r.name}`).sort();
}

/** What a resource results in: its inputs, and what the provider alone knows. */
function stateOf({ type, inputs }: MockResourceArgs, { password }: RecordOptions): Fields {
  const plain = unwrap(inputs) as Fields;
  return type === "random:index/randomPassword:RandomPassword"
    ? { ...plain, result: password ?? passwordOf(plain) }
    : plain;
}

/** Another one for each rotation, as the provider makes it. */
function passwordOf({ keepers }: Fields): string {
  const { rotation = "0" } = (keepers ?? {}) as { readonly rotation?: string };
  return `Password${rotation}Password0Password0Passw`;
}

/** Registrations are asynchronous, and one can lead to another. */
async function waitForRegistrations(): Promise<void> {
  await (settings as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

function recorded(request: Request, response: { getUrn(): string }): Recorded {
  const raw = (request.getObject()?.toJavaScript() ?? {}) as Fields;
  const hooks = request.getHooks()?.toObject() ?? {};
  const timeouts = request.getCustomtimeouts()?.toObject() ?? {};
  return {
    urn: response.getUrn(),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: unwrap(raw) as Fields,
    secrets: secretPaths(raw),
    options: {
      parent: request.getParent() === "" ? "" : shortUrn(request.getParent()),
      dependsOn: request.getDependenciesList().map(shortUrn).sort(),
      protect: request.getProtect() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace(),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
      replaceWith: request.getReplaceWithList().map(shortUrn),
      timeouts: withoutEmpty(timeouts),
      ignoreChanges: request.getIgnorechangesList(),
      hooks: withoutEmpty(hooks, (key) => key.replace(/List$/, "")),
    },
  };
}

function withoutEmpty<T>(values: object, rename: (key: string) => string = (key) => key): Record<string, T> {
  const given = Object.entries(values).filter(([, v]) => (Array.isArray(v) ? v.length > 0 : v !== ""));
  return Object.fromEntries(given.map(([key, v]) => [rename(key), v as T]));
}

/** `type::name` of a URN, the type without those of its parents. */
function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)}::${name}`;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && (value as Fields)[signature] === secretSignature;
}

/** The value without the wrapping that Pulumi puts around a secret on its way to the engine. */
function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}

function secretPaths(value: unknown, path = ""): string[] {
  if (isSecret(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretPaths(inner, path === "" ? key : `${path}.${key}`),
  );
}

/** Freezes a value all the way down, so that a component that changes its arguments throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** The value of an output that is known. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
