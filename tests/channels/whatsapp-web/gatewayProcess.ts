import { join } from 'node:path';
import { createWhatsAppWeb } from '../../../src/channels/whatsapp-web/client.js';
import { testIntake, testLog, until } from '../intake.js';

/** A gateway of its own, to be killed: `tsx gatewayProcess.ts <page> <folder>` tells its processes once a code is shown. */
const [, , page, folder] = process.argv as [string, string, string, string];
const channel = createWhatsAppWeb({
  name: 'desa',
  profileFolder: join(folder, 'profile'),
  browserPath: null,
  browserEnv: { PATH: '/usr/bin:/bin', TMPDIR: folder },
  page,
  show: null,
  log: testLog(),
  now: () => new Date(),
});
let isShown = false;
await channel.start({
  ...testIntake(),
  async linking() {
    isShown = true;
  },
});
await until('a code is shown', () => isShown);
const { pid, browserPid } = { pid: channel.running()!.pid, browserPid: channel.running()!.browserPid() };
process.stdout.write(`${JSON.stringify({ pid, browserPid })}\n`);
