import type { Command } from 'commander';
import { withDatabase } from './withDatabase.js';

/** `kentongan audit verify | head`: whether what officers did is recorded as it was, and what tells so. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('look into the record of what officers did');

  audit
    .command('verify')
    .description('work the chain of the audit log out again; names the first row that is not as it was')
    .option(
      '--head <digits…>',
      'a head that was sent out, whole or as read in a chat (may be given several times)',
      collect,
      [],
    )
    .option('--json', 'as JSON')
    .action(async ({ head, json }: { head: string[]; json?: boolean }) => {
      await withDatabase(async (pool) => {
        const { SetupError } = await import('../core/errors.js');
        const { verifyChain } = await import('../store/auditBlocks.js');
        const { inTransaction } = await import('../store/sql.js');
        const heads = head.map((typed) => typed.replaceAll(/\s/gu, '').toLowerCase());
        const wrong = heads.find((typed) => !/^[0-9a-f]{16,64}$/u.test(typed));
        if (wrong !== undefined)
          throw new SetupError([`--head ${wrong}: must be 16 to 64 of the digits 0-9 and a-f`]);
        const report = await inTransaction(pool, async (sql) => {
          await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
          return await verifyChain(sql, heads, new Date());
        });
        if (json) print(JSON.stringify(report));
        else if (report.fault) print(`NOT as it was written: ${faultIn(report.fault)}`);
        else
          print(
            `As it was written: ${report.rows} rows in ${report.blocks} blocks${report.head ? `, head ${report.head}` : ''}; ${report.waiting} rows wait for the next block.`,
          );
        if (report.fault) process.exitCode = 1;
      });
    });

  audit
    .command('head')
    .description('show the head of the chain, as it is sent out daily')
    .action(async () => {
      await withDatabase(async (pool) => {
        const { readHead } = await import('../store/auditBlocks.js');
        const head = await readHead(pool);
        print(
          head
            ? `block ${head.block}, ${head.rows} rows, ${head.writtenAt.toISOString()}: ${head.hash}`
            : 'No block was written yet: the worker writes one a minute.',
        );
      });
    });
}

function faultIn(fault: import('../core/auditChain.js').ChainFault): string {
  switch (fault.fault) {
    case 'broken_chain':
      return `block ${fault.block} does not follow the one before it: a block was taken out, put in or made anew.`;
    case 'missing_row':
      return `row ${fault.seq} of block ${fault.block} is gone.`;
    case 'changed':
      return fault.seq === null
        ? `block ${fault.block} was changed.`
        : `row ${fault.seq} (block ${fault.block}) was changed.`;
    case 'back_dated':
      return `row ${fault.seq} (block ${fault.block}) was written later than it says.`;
    case 'not_chained':
      return `row ${fault.seq} is older than a day and in no block: was the worker running?`;
    case 'head_unknown':
      return 'a head that was sent out is not in the chain: its end was taken away, or all of it made anew.';
  }
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
