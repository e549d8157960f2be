/** Where Kubernetes mounts the token and the CA of a pod's service account. */
const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Its name in the API server's own certificate. */
const host = "kubernetes.default.svc";

/**
 * Shell functions that change an object by the Kubernetes API, for a pod that `asksApiServer`. `patch <path> <body>` sends a
 * merge patch and fails unless the server takes it.
 *
 * With openssl, which every CNPG image has (postgresql-common needs ssl-cert, and that openssl): they have no kubectl and no
 * curl. The token goes by standard input, never as an argument. Of the answer only the status is read, since the
 * rest of it may be a Secret.
 */
export const patchFunction = `patch() {
length=$(printf %s "$2" | wc -c)
status=$({
  printf 'PATCH %s HTTP/1.1\\r\\nHost: ${host}\\r\\n' "$1"
  printf 'Authorization: Bearer %s\\r\\n' "$(cat ${account}/token)"
  printf 'Content-Type: application/merge-patch+json\\r\\nContent-Length: %s\\r\\n' "$length"
  printf 'Connection: close\\r\\n\\r\\n%s' "$2"
} | openssl s_client -quiet -connect ${host}:443 -servername ${host} -verify_hostname ${host} \\
  -verify_return_error -CAfile ${account}/ca.crt 2>/tmp/tls | head -n 1)
case "$status" in
"HTTP/1.1 200"*) ;;
*)
  echo "the API server did not take the change: $(printf %s "\${status:-$(tail -n 1 /tmp/tls)}" | tr -d '\\r')" >&2
  return 1
  ;;
esac
}`;
