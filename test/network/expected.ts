import type { Choice, Flow } from "./scenario";

/*
 * Which connections a database needs, written down from what CNPG, its plugin, Google and Kubernetes document, and from nothing that
 * renders policies.
 */

type Side = (who: string) => boolean;

const is =
  (...names: string[]): Side =>
  (who) =>
    names.includes(who);
const isInstance: Side = (who) => /\/instance-\d$/.test(who);
const isCnpgs: Side = (who) => isInstance(who) || /\/(initdb|recovery)$/.test(who);
const clusterOf = (who: string) => who.split("/")[0];

/** Whether pods of a cluster, or jobs of the project's, go to the store by this port. */
function toStore({ store }: Choice, to: string, port: number): boolean {
  const google: Readonly<Record<string, string>> = {
    internet: "googleapis",
    private: "private.googleapis",
    restricted: "restricted.googleapis",
  };
  if (google[store] !== undefined) {
    // Whatever is not private is allowed where Google's addresses are not known.
    const wide = store === "internet" && /googleapis6?$/.test(to);
    return (
      ((to === google[store] || to === `${google[store]}6` || wide) && port === 443) ||
      (to === "metadata" && port === 80) ||
      (to === "metadata-agent" && (port === 987 || port === 988))
    );
  }
  if (store === "minio") return /^(minio|storage\/other)$/.test(to) && port === 9000;
  return to === "private-address" && port === 443;
}

const isDns = (to: string, port: number) =>
  port === 53 && is("dns", "node-local-dns", "node-dns", "metadata")(to);

/** Whether somebody's policy lets a connection out. Who is none of the stack's has no policy. */
function out(choice: Choice, { From, To, Port, Protocol }: Flow): boolean {
  const api = To === "api-server" && (Port === 443 || (choice.kind !== "kubernetes" && Port === 6443));
  const tcp = Protocol === "TCP";
  if (isDns(To, Port) && hasOwn(choice, From)) return true;
  if (!tcp) return !hasPolicy(choice, From);
  const same = clusterOf(From) === clusterOf(To);
  if (isCnpgs(From))
    return (
      api ||
      toStore(choice, To, Port) ||
      (same && (isCnpgs(To) || To === "orders/pooler") && (Port === 5432 || Port === 8000)) ||
      (choice.reads &&
        clusterOf(From) === "reports" &&
        clusterOf(To) === "orders" &&
        (isCnpgs(To) || To === "orders/pooler") &&
        Port === 5432) ||
      (readsPooler(choice) && clusterOf(From) === "reports" && To === "orders/pooler" && Port === 5432)
    );
  if (From === "orders/pooler" && choice.pooler)
    return api || (clusterOf(To) === "orders" && (isCnpgs(To) || To === "orders/pooler") && Port === 5432);
  if (/\/look$/.test(From)) return toStore(choice, To, Port);
  if (From === "orders/dump" && choice.exports)
    return (
      toStore(choice, To, Port) ||
      ((isCnpgs(To) || To === "orders/pooler") && clusterOf(To) === "orders" && Port === 5432)
    );
  if (From === "operator" && choice.operator)
    return (
      api ||
      ((isCnpgs(To) || To === "orders/pooler") && (Port === 5432 || Port === 8000)) ||
      (To === "plugin" && Port === 9090)
    );
  if (From === "plugin" && choice.operator) return api;
  return !hasPolicy(choice, From);
}

/** Whether somebody's policy lets a connection in. */
function into(choice: Choice, { From, To, Port, Protocol }: Flow): boolean {
  if (!hasPolicy(choice, To)) return true;
  if (Protocol !== "TCP") return false;
  const same = clusterOf(From) === clusterOf(To);
  const client = choice.clients && From === "tools/admin";
  const scrapes = choice.monitoring && From === "prometheus";
  if (isCnpgs(To))
    return (
      (From === "operator" && (Port === 8000 || Port === 5432)) ||
      (is("api-server", "konnectivity")(From) && Port === 8000) ||
      (same && (isCnpgs(From) || From === "orders/pooler") && (Port === 5432 || Port === 8000)) ||
      (same && choice.exports && From === "orders/dump" && Port === 5432) ||
      (choice.reads &&
        clusterOf(To) === "orders" &&
        clusterOf(From) === "reports" &&
        isCnpgs(From) &&
        Port === 5432) ||
      // The Secret of an application with a pooler has addresses past it too.
      (choice.applications &&
        clusterOf(To) === "orders" &&
        (From === "shop/web" || (From === "front/web" && choice.pooler)) &&
        Port === 5432) ||
      (choice.beside && clusterOf(To) === "orders" && clusterOf(From) === "orders" && Port === 5432) ||
      (client && Port === 5432) ||
      (scrapes && Port === 9187)
    );
  if (To === "orders/pooler" && choice.pooler)
    return (
      (choice.applications && From === "front/web" && Port === 5432) ||
      (readsPooler(choice) && clusterOf(From) === "reports" && isCnpgs(From) && Port === 5432) ||
      (client && Port === 5432) ||
      (scrapes && Port === 9127)
    );
  if (To === "operator")
    return (is("api-server", "konnectivity")(From) && Port === 9443) || (scrapes && Port === 8080);
  if (To === "plugin") return (From === "operator" && Port === 9090) || (scrapes && Port === 8080);
  return false;
}

const readsPooler = (choice: Choice): boolean => choice.readsPooler && choice.pooler;

/** Whether a policy of the stack allows somebody something. */
function hasOwn(choice: Choice, who: string): boolean {
  if (isCnpgs(who) || /\/look$/.test(who)) return true;
  if (who === "orders/pooler") return choice.pooler;
  if (who === "orders/dump") return choice.exports;
  return is("operator", "plugin")(who) && choice.operator;
}

/** Whether a policy of the stack is about somebody, if only that everything is denied. */
const hasPolicy = (choice: Choice, who: string): boolean =>
  hasOwn(choice, who) || (choice.defaultDeny && /^(orders|reports)\//.test(who));

/** Whether a connection has to be possible; otherwise it must not be. */
export function isNeeded(choice: Choice, flow: Flow): boolean {
  // Without its policy nobody knows the pod by its label.
  return out(choice, flow) && into(choice, flow);
}
