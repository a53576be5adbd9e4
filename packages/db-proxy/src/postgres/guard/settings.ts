/** What a session may set. Nothing here widens what a role may do, or changes how a statement is read. */
const SETTABLE = new Set([
  'application_name',
  'bytea_output',
  'check_function_bodies',
  'client_encoding',
  'client_min_messages',
  'datestyle',
  'default_transaction_deferrable',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'extra_float_digits',
  'from_collapse_limit',
  'geqo',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'intervalstyle',
  'jit',
  'join_collapse_limit',
  'lock_timeout',
  'plan_cache_mode',
  'quote_all_identifiers',
  'restrict_nonsystem_relation_kind',
  'row_security',
  'search_path',
  'standard_conforming_strings',
  'statement_timeout',
  'synchronize_seqscans',
  'timezone',
  'transaction',
  'transaction_deferrable',
  'transaction_isolation',
  'transaction_read_only',
  'transaction_timeout',
  'session characteristics',
  'xmloption',
]); // prettier-ignore

/** In these no byte of a longer character looks like a quote or a backslash. */
const ENCODINGS = /^'?(utf-?8|unicode|sql_?ascii|latin-?\d+|iso-?8859-?\d+|win-?125\d|auto)'?$/i;

/** Why a setting may not be made; `undefined` where it may. The value of what is set by a parameter is not known. */
export function problemOfSetting(name: string, value: string | undefined): string | undefined {
  const lower = name.toLowerCase();
  if (lower.startsWith('authly.')) return 'the settings of authly belong to the proxy';
  if (!SETTABLE.has(lower) && !lower.startsWith('enable_') && !lower.includes('.'))
    return `the setting "${name}" is not open to sessions behind the proxy`;
  if (lower === 'client_encoding' && (value === undefined || !ENCODINGS.test(value)))
    return 'this encoding is not served: use UTF8';
  if (lower === 'standard_conforming_strings' && !/^(on|true|yes|1)$/i.test(value ?? ''))
    return 'standard_conforming_strings stays on';
  return undefined;
}
