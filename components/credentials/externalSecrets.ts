import { account, rights } from "../jobs/account";
import { type ApplicationPlan, type LoginPlan, type SecretContent, secretKeys } from "../plan/logins";
import type { PlannedObject } from "../plan/object";
import { derivedName, shortHash } from "../units";
import type { Workload } from "../units/workload";
import { applicationContent, filled, roleContent } from "./content";

const externalSecrets = "external-secrets.io/v1";
const generators = "generators.external-secrets.io/v1alpha1";

/** Makes CNPG apply a changed password at once instead of at its next reconciliation. Any value will do. */
export const reloadLabel = { "cnpg.io/reload": "true" };

/** How often the copy of a Secret in another namespace is compared with it. */
const copyInterval = "1m";

/** What every object here needs to know. */
export interface ExternalContext {
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether an update waits until External Secrets Operator has made the Secret. */
  readonly wait: boolean;
}

/** What External Secrets Operator has to be told so that roles' Secrets are there; nothing for other sources. */
export function loginObjects(context: ExternalContext, logins: readonly LoginPlan[]): PlannedObject[] {
  return logins.flatMap((login) => objectsOfLogin(context, login));
}

function objectsOfLogin(context: ExternalContext, login: LoginPlan): PlannedObject[] {
  const { role, source, secretName } = login;
  const content = roleContent(context.workload, login);
  const to = { key: `secret/${role}`, name: secretName, labels: reloadLabel, content, after: [] };
  if (source.kind === "externalSecret")
    return [
      externalSecret(context, to, {
        refreshInterval: source.refreshInterval,
        secretStoreRef: source.store,
        data: [{ secretKey: "password", remoteRef: source.remoteRef }],
      }),
    ];
  if (source.kind === "generator")
    return [
      {
        key: `password/${role}`,
        apiVersion: generators,
        kind: "Password",
        name: secretName,
        body: { spec: source.spec },
        after: [],
      },
      externalSecret(
        context,
        { ...to, after: [`password/${role}`] },
        {
          refreshInterval: source.refreshInterval,
          dataFrom: [
            {
              sourceRef: { generatorRef: { apiVersion: generators, kind: "Password", name: secretName } },
            },
          ],
        },
      ),
    ];
  return [];
}

/**
 * ExternalSecrets for the Secrets of applications.
 *
 * A value of a store is read from there again. What only the role's Secret has is copied out of it: a generator asked twice
 * makes two passwords. For that, a SecretStore in the application's namespace reads the one Secret, as a service account that
 * may read nothing else.
 */
export function applicationObjects(
  context: ExternalContext,
  applications: readonly ApplicationPlan[],
): PlannedObject[] {
  return applications.flatMap((application) => objectsOfApplication(context, application));
}

function objectsOfApplication(context: ExternalContext, application: ApplicationPlan): PlannedObject[] {
  const { login, namespace, secretName: name, after } = application;
  const { source } = login;
  const content = applicationContent(context.workload, application);
  const key = `application/${namespace}/${name}`;
  const to = { key, name, namespace, labels: {}, content };
  if (source.kind === "externalSecret")
    return [
      externalSecret(
        context,
        { ...to, after },
        {
          refreshInterval: source.refreshInterval,
          secretStoreRef: { ...source.store, name: application.store ?? source.store.name },
          data: [{ secretKey: "password", remoteRef: source.remoteRef }],
        },
      ),
    ];
  if (source.kind !== "generator" && source.kind !== "secret") return [];
  const reader = derivedName([name, "reader"], 63);
  // Joined by a hyphen, two pairs of namespace and name could be one.
  const reading = derivedName([name, shortHash(`${namespace}/${name}`), "reader"], 63);
  return [
    account({ key: `${key}/reader`, name: reader, namespace }),
    ...rights(
      key,
      { name: reading },
      [{ apiGroups: [""], resources: ["secrets"], resourceNames: [login.secretName], verbs: ["get"] }],
      { name: reader, namespace },
    ),
    {
      key: `${key}/store`,
      apiVersion: externalSecrets,
      kind: "SecretStore",
      name,
      namespace,
      body: {
        spec: {
          provider: {
            kubernetes: {
              remoteNamespace: context.workload.namespace,
              server: { caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt" } },
              auth: { serviceAccount: { name: reader } },
            },
          },
        },
      },
      after: [`${key}/reader`, `${key}/binding`],
    },
    externalSecret(
      context,
      {
        ...to,
        after: [...after, `${key}/store`, ...secretKeys(login)],
        // What somebody else wrote may have a line break at its end.
        verbatim: source.kind === "secret" && login.verbatim === true,
      },
      {
        refreshInterval: copyInterval,
        secretStoreRef: { kind: "SecretStore", name },
        data: [{ secretKey: "password", remoteRef: { key: login.secretName, property: "password" } }],
      },
    ),
  ];
}

interface Target {
  readonly key: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: SecretContent;
  readonly after: readonly string[];
  /** See `LoginPlan.verbatim`. */
  readonly verbatim?: boolean;
}

function externalSecret(
  { labels, wait }: ExternalContext,
  to: Target,
  from: Readonly<Record<string, unknown>>,
): PlannedObject {
  return {
    key: to.key,
    apiVersion: externalSecrets,
    kind: "ExternalSecret",
    name: to.name,
    ...(to.namespace !== undefined && { namespace: to.namespace }),
    annotations: wait ? { "pulumi.com/waitFor": "condition=Ready" } : { "pulumi.com/skipAwait": "true" },
    body: {
      spec: {
        ...from,
        target: {
          name: to.name,
          creationPolicy: "Owner",
          // With Delete a store that can't be read for a moment would take the password away.
          deletionPolicy: "Retain",
          template: {
            engineVersion: "v2",
            mergePolicy: "Replace",
            type: "kubernetes.io/basic-auth",
            // With a template, only its labels come to the Secret: those of the ExternalSecret stay where they are.
            metadata: { labels: { ...labels, ...to.labels } },
            data: templated(to.content, to.verbatim === true),
          },
        },
      },
    },
    after: to.after,
  };
}

/**
 * The template of a Secret. `trim`, because CNPG takes blanks off a password's ends (`getPassword` in
 * controller/roles/runnable.go), and a line break is easily stored with it; unless it takes this one as it is. `urlquery` writes a blank as `+`, which libpq
 * does not read as one.
 */
function templated(content: SecretContent, verbatim: boolean): Record<string, string> {
  const password = verbatim ? ".password" : ".password | trim";
  const written = {
    raw: `{{ ${password} }}`,
    encoded: `{{ ${password} | urlquery | replace "+" "%20" }}`,
  };
  return filled(content, written, literal);
}

/** A text as it stands in a Go template: one with `{{` in it as a quoted constant. */
function literal(text: string): string {
  return text.includes("{{") ? `{{ ${JSON.stringify(text)} }}` : text;
}
