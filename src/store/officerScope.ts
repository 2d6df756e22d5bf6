/**
 * SQL: whether an officer is within a scope (a `text[]` of villages; NULL: all). They are if all their roles are: the head of one
 * village must not touch another's people, nor whoever stands above the villages. `officer`: the id's column.
 */
export function isManagedIn(villages: string, officer: string): string {
  return `(${villages}::text[] IS NULL OR (EXISTS (SELECT FROM officer_roles held WHERE held.officer_id = ${officer})
  AND NOT EXISTS (SELECT FROM officer_roles held WHERE held.officer_id = ${officer}
    AND (held.village_id IS NULL OR held.village_id <> ALL (${villages}::text[])))))`;
}
