/**
 * Whether a variable of this name would be a secret in the open, in manifests that more people read than Secrets: keys of Amazon's and
 * Google's tools and of rclone, passwords of libpq, and what is called so.
 */
export const holdsKey = (name: string): boolean =>
  /(^|_)(PGPASSWORD|PASS|PASSWD|PASSWORD|SECRET|TOKEN|CREDENTIALS|((CLIENT|SESSION|SECRET|PRIVATE|API|ACCESS)_)+(SECRET|TOKEN|KEY|KEY_ID))$/i.test(
    name,
  );
