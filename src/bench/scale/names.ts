/** The pages that are measured, by the rows' names. */
export const PAGES = [
  'work',
  'board',
  'search_name',
  'search_part',
  'search_code',
  'search_text',
  'closed',
  'case',
  'register',
  'record',
  'regency',
] as const;

/** Every row of the measurement. */
export const SCALE_NAMES = [
  ...PAGES.flatMap((page) => [`scale.${page}_p50`, `scale.${page}_p95`, `scale.${page}_kb`]),
  'scale.web_mb',
  'scale.seconds',
];
