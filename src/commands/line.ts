import { randomBytes } from 'node:crypto';
import { Option, type Command } from 'commander';
import { v7 } from 'uuid';
import { SetupError } from '../core/errors.js';
import { environmentLines, lineKind, LineSettings, shownName } from '../core/line.js';
import { loadKeys, sealerOver } from '../store/keys.js';
import {
  addLine,
  LineError,
  removeLine,
  restartLine,
  serveVillages,
  type LineAdmin,
  type LineFault,
} from '../store/lineAdmin.js';
import { isSimulatorRunning } from '../store/lines.js';
import { findVillageByName, OfficerError } from '../store/officers.js';
import { inTransaction, type Sql } from '../store/sql.js';
import { linesInScope, type LineSeen } from '../store/web/lines.js';
import { readSecrets } from './readSecrets.js';
import { withDatabase } from './withDatabase.js';

interface Serves {
  village?: string[];
  all?: boolean;
}

/** `kentongan line add | list | serve | restart | remove`: the accounts by which people reach the office. */
export function lineCommand(program: Command): void {
  const line = program.command('line').description('add, list, restart and remove lines (chat accounts)');
  const add = line
    .command('add')
    .description('add a line; secrets are asked for, or read from standard input, one a line');

  serving(add.command('telegram').description('a bot; asked for: its token (from @BotFather)'))
    .option('--webhook', 'Telegram calls us at PUBLIC_URL; polled where left out')
    .addOption(new Option('--api-root <url>', 'another Bot API server').hideHelp())
    .action(async (given: Serves & { webhook?: boolean; apiRoot?: string }) => {
      await adding(given, ['Token'], ([token]) => ({
        kind: 'telegram',
        token,
        ...(given.apiRoot ? { apiRoot: given.apiRoot } : {}),
        webhookSecret: given.webhook ? randomBytes(24).toString('hex') : null,
      }));
    });

  serving(add.command('whatsapp-web').description('a phone, linked by a QR code on the console’s page'))
    .option('--name <name>', 'names the line: a-z, 0-9 and -', 'desa')
    .addOption(
      new Option(
        '--accept-risk',
        'WhatsApp does not allow unofficial clients: the account may be banned, at its owner’s risk',
      ).makeOptionMandatory(),
    )
    .action(async (given: Serves & { name: string }) => {
      await adding(given, [], () => ({ kind: 'whatsapp-web', name: given.name }));
    });

  serving(
    add
      .command('whatsapp-cloud')
      .description('a number of the Cloud API; asked for: access token, app secret, verify token'),
  )
    .requiredOption('--phone-number-id <id>', 'the id that Meta shows beside the number')
    .option('--template <language=name...>', 'approved templates that tell of news, as id=kabar_layanan')
    .addOption(new Option('--api-root <url>', 'another Graph API server').hideHelp())
    .action(async (given: Serves & { phoneNumberId: string; template?: string[]; apiRoot?: string }) => {
      await adding(
        given,
        ['Access token', 'App secret', 'Verify token'],
        ([token, appSecret, verifyToken]) => ({
          kind: 'whatsapp-cloud',
          token,
          appSecret,
          verifyToken,
          phoneNumberId: given.phoneNumberId,
          ...(given.apiRoot ? { apiRoot: given.apiRoot } : {}),
          templates: Object.fromEntries((given.template ?? []).map((pair) => pair.split('=', 2))),
        }),
      );
    });

  line
    .command('list')
    .description('list the lines: how they stand, whom they serve, what waits')
    .option('--json', 'as JSON')
    .action(async (given: { json?: boolean }) => {
      await run(async (sql) => {
        const lines = await linesInScope(sql, { villages: null });
        if (given.json) print(JSON.stringify(lines, null, 2));
        else if (lines.length === 0) print('No lines yet. Add one: kentongan line add --help');
        else for (const one of lines) print(told(one));
      });
    });

  serving(line.command('serve <id>').description('say which villages a line serves')).action(
    async (id: string, given: Serves) => {
      await run(async (sql, admin) => {
        if (!given.all && !given.village) throw new SetupError(['--village or --all: one of them is needed']);
        const villages = await villagesOf(sql, given);
        await serveVillages(sql, id, idsOf(villages), admin);
        print(`${id} serves ${namesOf(villages)}.`);
      });
    },
  );

  line
    .command('restart <id>')
    .description('start a line anew; one of WhatsApp Web that is not linked shows a new QR code')
    .action(async (id: string) => {
      await run(async (sql, admin) => {
        await restartLine(sql, id, admin);
        print(`${id} is started anew within seconds, where a gateway runs.`);
      });
    });

  line
    .command('remove <id>')
    .description('stop a line and forget its secrets; what was said there is kept')
    .action(async (id: string) => {
      await run(async (sql, admin) => {
        const { waiting } = await removeLine(sql, id, admin);
        print(`${id} is removed.`);
        if (lineKind(id) === 'whatsapp-web')
          print(
            'The gateway unlinks it from the phone and deletes what it knows of the account. Look at WhatsApp on the phone, Linked devices: if it is still there, log it out there.',
          );
        if (waiting > 0)
          print(
            `${waiting} message${waiting === 1 ? ' waits' : 's wait'} there unsent: kept, and sent if the line is added again.`,
          );
      });
    });
}

function serving(command: Command): Command {
  return command
    .option(
      '--village <village>',
      'a village that it serves: its name or Kemendagri code; once for each',
      (village: string, others: string[] | undefined) => [...(others ?? []), village],
    )
    .addOption(
      new Option('--all', 'it serves every village (where --village is left out)').conflicts('village'),
    );
}

/** Asks for the secrets before the database is opened: nobody waits with a transaction open. */
async function adding(
  given: Serves,
  secrets: string[],
  settingsOf: (secrets: string[]) => object,
): Promise<void> {
  const { reportingFaults } = await import('./withDatabase.js');
  let settings: LineSettings | undefined;
  await reportingFaults(async () => {
    const read = LineSettings.safeParse(settingsOf(await readSecrets(secrets)));
    // zod's words name the field, never what was typed.
    if (!read.success)
      throw new SetupError(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    settings = read.data;
  });
  if (!settings) return;
  const made = settings;
  await run(async (sql, admin) => {
    if (made.kind === 'telegram' && made.webhookSecret !== null && !admin.hasPublicUrl)
      throw new SetupError(['--webhook: needs PUBLIC_URL, where Telegram reaches the webhook']);
    const villages = await villagesOf(sql, given);
    const { id, isNew } = await addLine(sql, made, idsOf(villages), admin);
    print(`${isNew ? 'Added' : 'Changed'} ${id}: serves ${namesOf(villages)}.`);
    if (made.kind === 'whatsapp-web')
      print('Next: link the phone with the QR code at /console/jalur (WhatsApp → Linked devices).');
    if (made.kind === 'whatsapp-cloud')
      print('Next: enter PUBLIC_URL/channels/whatsapp-cloud/webhook and the verify token at Meta.');
    if (admin.isSimulated)
      print('The simulator is on: restart Kentongan, which ends it; the line starts with the restart.');
    else print('A running gateway starts it within seconds.');
  });
}

async function villagesOf(sql: Sql, given: Serves): Promise<{ id: string; name: string }[]> {
  const found = [];
  for (const typed of given.village ?? []) found.push(await findVillageByName(sql, typed));
  return found;
}

function idsOf(villages: { id: string }[]): string[] {
  return villages.map(({ id }) => id);
}

function namesOf(villages: { name: string }[]): string {
  return villages.length === 0 ? 'every village' : villages.map(({ name }) => name).join(', ');
}

interface Admin extends LineAdmin {
  /** It ends with the first real line, at the next start. */
  isSimulated: boolean;
  hasPublicUrl: boolean;
}

/** In one transaction; what cannot be done is a fault of set-up, with its cure. */
async function run(work: (sql: Sql, admin: Admin) => Promise<void>): Promise<void> {
  await withDatabase(async (pool, { config, log }) => {
    const source = { secretKeys: config.secretKeys, dataDir: config.dataDir };
    const admin = {
      officerId: null,
      sealer: sealerOver(source, await loadKeys(source, log)),
      newId: v7,
      now: new Date(),
      environment: environmentLines(config.lines),
      isSimulated: await isSimulatorRunning(pool),
      hasPublicUrl: config.publicUrl !== null,
    };
    try {
      await inTransaction(pool, (sql) => work(sql, admin));
    } catch (cause) {
      if (cause instanceof LineError) throw new SetupError([CURES[cause.fault](cause.detail)]);
      if (cause instanceof OfficerError)
        throw new SetupError([
          cause.fault === 'ambiguous_village'
            ? `--village: several bear that name; name the kecamatan or the code: ${cause.detail}`
            : `--village ${cause.detail}: not in the register; write its name or its Kemendagri code (35.10.01.2001)`,
        ]);
      throw cause;
    }
  });
}

const CURES: { [F in LineFault]: (detail: string) => string } = {
  of_environment: (variable) =>
    `the environment names this line (${variable}): change or unset ${variable}, then start again`,
  unknown_line: (id) => `${id}: no such line; see kentongan line list`,
  exists: (id) => `${id}: is there already; give the new one another --name`,
};

function told(one: LineSeen): string {
  const reason = one.reason ? ` (${one.reason})` : '';
  const villages = one.villages.length > 0 ? one.villages.join(', ') : 'every village';
  const error =
    one.lastError && one.lastError !== one.reason
      ? `  last error ${one.lastErrorAt?.toISOString() ?? ''}: ${one.lastError}`
      : '';
  const name = one.name === one.id ? '' : `  ${shownName(one.name)}`;
  return `${one.id}${name}  ${one.state}${reason}  ${villages}  ${one.waiting} waiting${error}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
