/** Where the applications are. */
export const shop = "e-shop";

/** Names that are Postgres', and nobody else's to read. */
export const odd = [
  'we"ird',
  "two words",
  "José ☂",
  "100%s",
  "$HOME `id`",
  "x'); DROP TABLE kept; --",
  "{{ .password }}",
  "A_b",
  "a-b",
];

/** Roles as the stack file has them, and what of pg_roles they come to. */
export const attributes = {
  group: { login: false, comment: "It's a group" },
  reporting: {
    inRoles: ["pg_read_all_data", "group"],
    connectionLimit: 7,
    validUntil: "2037-01-02T03:04:05+01:00",
    comment: "Reads",
    applications: [{ namespace: shop }],
  },
  builder: { createdb: true, createrole: true, inherit: false, bypassrls: true, replication: true },
  silent: { disablePassword: true },
};

export const told = `SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, rolbypassrls, rolreplication, rolsuper,
  rolconnlimit, rolvaliduntil AT TIME ZONE 'UTC', (SELECT string_agg(g.rolname, ',' ORDER BY g.rolname)
  FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), shobj_description(r.oid, 'pg_authid')
  FROM pg_roles r WHERE rolname IN ('group', 'reporting', 'builder', 'silent') ORDER BY rolname`;
export const expected = [
  "builder|t|t|t|f|t|t|f|-1|||",
  "group|f|f|f|t|f|f|f|-1|||It's a group",
  "reporting|t|f|f|t|f|f|f|7|2037-01-02 02:04:05|group,pg_read_all_data|Reads",
  "silent|t|f|f|t|f|f|f|-1|||",
].join("\n");

const externalSecret = { store: "vault", key: "shop/x", property: "password", refreshInterval: "15m" };
const applications = [{ namespace: shop }];

/** Roles whose passwords External Secrets Operator makes, reads or copies. */
export const byOthers = {
  stored: { credentials: { externalSecret }, applications },
  made: {
    credentials: { generator: { symbols: 4, symbolCharacters: "-_", refreshInterval: "24h" } },
    applications,
  },
  found: { credentials: { secret: "found" }, applications },
  "{{ odd }}": { credentials: { externalSecret } },
};
