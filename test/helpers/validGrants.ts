import fc from "fast-check";

type Settings = Record<string, unknown>;

/** A cluster's settings with roles that have grants in its databases, or as they were. */
export function withGrants(cluster: Settings): fc.Arbitrary<Settings> {
  const major = Number(/:(\d+)\./.exec(String(cluster.image))?.[1]);
  const databases = (cluster.databases ?? { app: {} }) as Record<
    string,
    { schemas?: string[]; connectionLimit?: number }
  >;
  const sync = fc.constantFrom(undefined, "2026-11-22", "it's 100% $wrong");
  // Longer than any drawn name of an owner.
  const grantees = fc.dictionary(
    fc.constantFrom("grantee_of_all", "grantee_of_some", "o'hara $grants$ %I"),
    fc.record({
      grants: fc.record(
        Object.fromEntries(
          Object.entries(databases).map(([name, args]) => [name, grantOf(args.schemas ?? [], major)]),
        ),
        { requiredKeys: [] },
      ),
      syncPassword: sync,
    }),
    { minKeys: 1 },
  );
  const roles = { ...(cluster.roles as Settings | undefined) };
  // The Job of grants logs in to each.
  const open = Object.fromEntries(
    Object.entries(databases).map(([name, args]) => [
      name,
      args.connectionLimit === 0 ? { ...args, connectionLimit: -1 } : args,
    ]),
  );
  const opened = cluster.databases === undefined ? {} : { databases: open };
  if (major < 15) return fc.constant(cluster);
  return fc.oneof(
    fc.constant(cluster),
    grantees.map((added) => ({ ...cluster, ...opened, roles: { ...roles, ...added } })),
  );
}

function grantOf(own: readonly string[], major: number): fc.Arbitrary<Settings> {
  const some = fc.uniqueArray(fc.constantFrom("public", ...own));
  const schemas = fc.option(fc.oneof(fc.constant(["*"]), some), { nil: undefined });
  const maybe = fc.option(fc.boolean(), { nil: undefined });
  return fc
    .record({
      connect: maybe,
      read: schemas,
      write: schemas,
      createTables: schemas,
      createSchema: maybe,
      executeFunctions: schemas,
      defaultPrivileges: maybe,
      metadataAccess: maybe,
      manageRoles: major < 16 ? fc.constant(false) : maybe,
    })
    .map(({ defaultPrivileges, ...rest }) => {
      const lasting = [rest.read, rest.write, rest.executeFunctions].some(
        (list) => list !== undefined && list.length > 0,
      );
      return lasting ? { ...rest, defaultPrivileges } : rest;
    });
}
