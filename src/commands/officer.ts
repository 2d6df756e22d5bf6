import { randomBytes } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { ClockBehindError, SetupError } from '../core/errors.js';
import { isAskedOnly } from '../core/handlers.js';
import {
  confirmByPhone,
  createInvite,
  createOfficer,
  listOfficers,
  OfficerError,
  ROLES,
  type OfficerFault,
  type OfficerSeen,
} from '../store/officers.js';
import { inTransaction, type Sql } from '../store/sql.js';
import { withDatabase } from './withDatabase.js';

/** The head of an RT has an area, and is added at the console. */
const COMMAND_ROLES = ROLES.filter((role) => !isAskedOnly(role));

/** `kentongan officer add | invite | confirm | list`: the people who serve, from the server's command line. */
export function officerCommand(program: Command): void {
  const officer = program.command('officer').description('add, invite, confirm and list officers');

  officer
    .command('add')
    .description('add an officer, or one more role to the officer with that phone')
    .requiredOption('--name <name>', 'as residents will read it: "Bu Sri"')
    .requiredOption('--phone <number>', 'the mobile number that the officer chats from')
    .addOption(
      new Option('--role <role>', 'what the officer does').choices(COMMAND_ROLES).makeOptionMandatory(),
    )
    .option(
      '--village <village>',
      'its name ("Genteng Wetan", "Karangrejo, Blimbingsari") or Kemendagri code; the kecamatan\'s for role kecamatan; every village where left out (admin and kabupaten only)',
    )
    .option('--invite', 'also make an invite')
    .option('--trust', 'with --invite: acceptance from the proven phone links at once')
    .action(
      async (given: {
        name: string;
        phone: string;
        role: string;
        village?: string;
        invite?: boolean;
        trust?: boolean;
      }) => {
        await run(async (sql, pool) => {
          const made = await createOfficer(sql, { ...given, village: given.village ?? null }, v7);
          print(
            `${made.isNew ? 'Added' : 'Kept'} ${given.name}: ${given.role}, ${made.village ?? 'every village'}.`,
          );
          if (given.invite) await invite(sql, pool, given.phone, given.trust === true);
          else print(`Next: kentongan officer invite --phone ${given.phone}`);
        });
      },
    );

  officer
    .command('invite')
    .description(
      'make a one-time link by which an officer connects a chat; it lasts 24 hours and is shown once',
    )
    .requiredOption('--phone <number>', 'of an officer who was added')
    .option('--trust', 'you vouch for the officer: acceptance from the proven phone links at once')
    .action(async (given: { phone: string; trust?: boolean }) => {
      await run((sql, pool) => invite(sql, pool, given.phone, given.trust === true));
    });

  officer
    .command('confirm')
    .description('confirm that it was really the officer who accepted an invite made here')
    .requiredOption('--phone <number>', 'of the officer whose acceptance waits')
    .action(async (given: { phone: string }) => {
      await run(async (sql) => {
        const { name } = await confirmByPhone(sql, given.phone, v7, new Date());
        print(`${name} is linked and is told in the chat. The village takes requests now.`);
      });
    });

  officer
    .command('list')
    .description('list the officers, their roles and whether a chat is linked')
    .option('--json', 'as JSON')
    .action(async (given: { json?: boolean }) => {
      await run(async (sql) => {
        const officers = await listOfficers(sql, null, new Date());
        if (given.json) print(JSON.stringify(officers, null, 2));
        else if (officers.length === 0) print('No officers yet. Add one: kentongan officer add --help');
        else for (const one of officers) print(line(one));
      });
    });
}

async function invite(sql: Sql, pool: Pool, phone: string, isTrusted: boolean): Promise<void> {
  const made = await createInvite(
    sql,
    { phone, invitedBy: null, isConfirmed: isTrusted },
    { newId: v7, random: (size) => randomBytes(size), now: new Date() },
  );
  const bots = await pool.query<{ name: string }>(
    "SELECT name FROM lines WHERE platform = 'telegram' AND name LIKE '@%' AND removed_at IS NULL ORDER BY last_received_at DESC NULLS LAST",
  );
  print(
    `Invite for ${made.name} (${made.phone}), once, until ${made.expiresAt.toISOString()}. It is not shown again:`,
  );
  if (bots.rows.length === 0)
    print(`  /start inv-${made.token}      (to be typed to the bot; its name is not known yet)`);
  for (const bot of bots.rows) print(`  https://t.me/${bot.name.slice(1)}?start=inv-${made.token}`);
  print(
    isTrusted
      ? 'It links as soon as the officer shares that phone number.'
      : `When the officer has shared that phone number: kentongan officer confirm --phone ${made.phone}`,
  );
}

/** In one transaction; what cannot be done is a fault of set-up, with its cure. */
async function run(work: (sql: Sql, pool: Pool) => Promise<void>): Promise<void> {
  await withDatabase(async (pool) => {
    try {
      await inTransaction(pool, (sql) => work(sql, pool));
    } catch (cause) {
      if (cause instanceof ClockBehindError) throw new SetupError([`${cause.message}: set the clock right`]);
      if (cause instanceof OfficerError) throw new SetupError([CURES[cause.fault](cause.detail)]);
      throw cause;
    }
  });
}

const CURES: { [F in OfficerFault]: (detail: string) => string } = {
  bad_phone: (phone) => `--phone ${phone}: must be a mobile number like 081234567890 or 6281234567890`,
  no_name: () => '--name: must not be empty',
  unknown_role: (role) => `--role ${role}: must be one of ${COMMAND_ROLES.join(', ')}`,
  unknown_village: (village) =>
    `--village ${village}: not in the register; write its name or its Kemendagri code (35.10.01.2001)`,
  unknown_district: (district) =>
    `--village ${district}: for role kecamatan, write the kecamatan's name or its code (35.10.25)`,
  ambiguous_village: (villages) =>
    `--village: several bear that name; name the kecamatan or the code: ${villages}`,
  keeper_is_admin: (role) => `--role ${role}: needs --village; only an admin may serve every village`,
  unknown_officer: (phone) =>
    `--phone ${phone}: no officer has it; add one first: kentongan officer add --help`,
  inactive_officer: (phone) =>
    `--phone ${phone}: that officer no longer serves; add them again: kentongan officer add --help`,
  nothing_to_confirm: (phone) =>
    `--phone ${phone}: no accepted invite waits; make one: kentongan officer invite --phone ${phone}`,
};

function line(one: OfficerSeen): string {
  const roles = one.roles
    .map(({ role, villageName }) => `${role} ${villageName ?? '(every village)'}`)
    .join(', ');
  const chat =
    one.linked.length > 0
      ? `chat: ${one.linked.join(', ')}`
      : one.invite === 'waiting'
        ? 'accepted, waits to be confirmed'
        : one.invite === 'open'
          ? 'invited'
          : 'no chat linked';
  return `${one.name}  ${one.phone ?? '-'}  ${roles}  ${one.isActive ? chat : 'no longer serves'}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
