import { storesOf } from "../core/backup";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "barman-s3-tls",
  title: "A production store is reached over TLS.",
  severity: "medium",
  tags: ["security", "backup"],
  why: "WAL and base backups are the whole database, and over http:// they go through the network in the open.",
  remedy:
    "Write https:// in endpointURL, and the store's own certificate authority in endpointCA where it has one.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/#using-object-storage-with-a-private-ca",
  types: [OBJECT_STORE, CLUSTER],
  productionOnly: true,
  judge({ resource, report, part }) {
    for (const store of storesOf(resource))
      part(() => {
        const endpoint = store.text("endpointURL");
        if (endpoint !== undefined && /^http:\/\//i.test(endpoint))
          report(
            store.at("endpointURL"),
            `"${endpoint.replace(/\/\/.*@/, "//")}" has no TLS. Write https://.`,
          );
      });
  },
});
