import pg from 'pg';

/**
 * The role that the program's statements run as: it may do with our tables whatever the program does, but only add to and
 * read audit_log and its chain (migration 20261128070000_trust makes it, where the database's user may make roles).
 */
export const PROGRAM_ROLE = 'kentongan_program';

/**
 * Whether the user of this URL may be the role; null, or why not. What remains then are the triggers, which refuse changes
 * whoever asks for them, but which the tables' owner could take away.
 */
export async function canBeProgram(
  databaseUrl: string,
): Promise<{ role: string | null; why: string | null }> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'kentongan role' });
  await client.connect();
  try {
    await client.query(`SET ROLE ${PROGRAM_ROLE}`);
    const { rows } = await client.query<{ may: boolean }>(
      `SELECT has_table_privilege('audit_log', 'INSERT') AND has_table_privilege('cases', 'UPDATE')
         AND NOT has_table_privilege('audit_log', 'UPDATE') AND NOT has_table_privilege('audit_log', 'DELETE') AS may`,
    );
    return rows[0]!.may
      ? { role: PROGRAM_ROLE, why: null }
      : { role: null, why: `role ${PROGRAM_ROLE} does not have the rights that its migration gives` };
  } catch (cause) {
    return { role: null, why: (cause as Error).message };
  } finally {
    await client.end();
  }
}
