import type { View } from "./view";

/** Parameters of Postgres that CNPG 1.30 sets by itself: its webhook refuses every other value. */
export const fixedParameters: ReadonlySet<string> = new Set(
  `allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name
  config_file data_directory data_sync_retry event_source external_pid_file hba_file hot_standby ident_file jit_provider
  listen_addresses log_destination log_directory log_file_mode log_filename log_rotation_age log_rotation_size
  log_truncate_on_rotation logging_collector pg_failover_slots.primary_dsn pg_failover_slots.standby_slot_names port
  primary_conninfo primary_slot_name promote_trigger_file recovery_end_command recovery_min_apply_delay recovery_target
  recovery_target_action recovery_target_inclusive recovery_target_lsn recovery_target_name recovery_target_time
  recovery_target_timeline recovery_target_xid restart_after_crash restore_command shared_preload_libraries ssl ssl_ca_file
  ssl_cert_file ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_key_file ssl_passphrase_command
  ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers stats_temp_directory synchronized_standby_slots
  synchronous_standby_names syslog_facility syslog_ident syslog_sequence_numbers syslog_split_messages temp_tablespaces
  unix_socket_directories unix_socket_group unix_socket_permissions`.split(/\s+/),
);

/** Values of them that CNPG writes into the object, and so takes: a manifest that was exported from a cluster has them. */
export const acceptedFixedValues: ReadonlyMap<string, string> = new Map([
  ["logging_collector", "on"],
  ["log_destination", "csvlog"],
  ["log_directory", "/controller/log"],
  ["log_filename", "postgres"],
  ["log_rotation_age", "0"],
  ["log_rotation_size", "0"],
  ["log_truncate_on_rotation", "false"],
  ["shared_preload_libraries", ""],
]);

/** Where the size of a volume is said, in the order in which CNPG looks: `size`, or the request of `pvcTemplate`. */
export function volumeSize(storage: View): View {
  const size = storage.at("size");
  return size.exists ? size : storage.at("pvcTemplate", "resources", "requests", "storage");
}
