import { storesOf } from "../core/backup";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { hasPlaceholder } from "../core/placeholder";
import { resourceRule } from "../core/rule";

/** What `destinationPath` starts with, by the field of the credentials, which alone tells Barman the provider. */
const providers = [
  {
    field: "googleCredentials",
    scheme: "gs://",
    // Barman takes the address of Google's console too.
    fits: /^gs:\/\/|^https:\/\/console\.cloud\.google\.com\/storage\/browser\//i,
  },
  { field: "s3Credentials", scheme: "s3://", fits: /^s3:\/\//i },
  { field: "azureCredentials", scheme: "https://", fits: /^https?:\/\//i },
];

export default resourceRule({
  id: "barman-scheme-fits-credentials",
  title: "The scheme of destinationPath is the one of the provider whose credentials are given.",
  severity: "critical",
  tags: ["backup"],
  why: "Barman is told the provider by which credentials are there, and refuses a URL of another one. No webhook looks at it: the database comes up, and neither WAL nor backups are ever written.",
  remedy:
    "Write gs:// with googleCredentials, s3:// with s3Credentials (whatever the endpoint), https:// with azureCredentials.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [CLUSTER, OBJECT_STORE],
  judge({ resource, report, part }) {
    for (const store of storesOf(resource))
      part(() => {
        const given = providers.filter(({ field }) => store.at(field).exists);
        const [provider] = given;
        const path = store.partial("destinationPath") ?? "";
        if (provider === undefined || given.length > 1 || path === "" || provider.fits.test(path)) return;
        // What stands before a placeholder may be enough: `gs://${BUCKET}`.
        const [start = ""] = /^[a-z]{0,8}:?\/{0,2}./i.exec(path) ?? [];
        if (hasPlaceholder(start) && !/^\w+:\/\//.test(path)) throw store.at("destinationPath").undecided;
        report(
          store.at("destinationPath"),
          `"${path}" does not go with ${provider.field}: write a path that starts with ${provider.scheme}, or the other provider's credentials.`,
        );
      });
  },
});
