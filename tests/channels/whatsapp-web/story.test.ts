import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Person } from '../../standins/whatsappWeb.js';
import { complaintStory } from '../complaintStory.js';
import { until } from '../intake.js';
import { aGateway, storyPhone, VILLAGE, type Gateway } from './gateway.js';
import { toTabs } from './line.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let gateway: Gateway;
let sri: Person;
let people = 0;

beforeAll(async () => {
  gateway = await aGateway();
}, 120_000);
afterAll(() => gateway?.stop());

const OFFICER = 'Bu Sri';

/** Somebody new. */
function aResident(): Person {
  people += 1;
  return gateway.wa.person(`62812000000${String(people).padStart(2, '0')}`, 'Siti');
}

test('a phone scans the code that the line shows', async () => {
  await gateway.linked();
  expect(await gateway.row()).toMatchObject({ state: 'up', linking: null });
  sri = await gateway.anOfficer('6281100000901', OFFICER, 'sekretaris');
});

test('a complaint with photo and place: case, question, answer, done', async () => {
  await complaintStory({
    resident: storyPhone(aResident()),
    officer: storyPhone(sri),
    pool: gateway.pool,
    village: VILLAGE,
    officerName: OFFICER,
  });
});

/** The questions on the way to a report, and one answer to each. */
const STEPS: [question: string, answer: string][] = [
  ['warga desa atau kelurahan mana', VILLAGE],
  ['Apa yang rusak', '1'],
  ['Di mana tepatnya', 'Krajan, depan musala'],
  ['Seperti apa kerusakannya', 'lubang dalam, motor sering jatuh'],
];
const REST = 'Kirim 1 sampai 3 foto';

/** Reports something; `meanwhile` happens just before the third answer is written. */
async function reports(
  person: Person,
  meanwhile: (answer: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  await person.writes('lapor jalan');
  for (const [n, [question, answer]] of STEPS.entries()) {
    await person.waitsFor(question, 60_000);
    const write = () => person.writes(answer);
    await (n === 2 ? meanwhile(write) : write());
  }
  await person.waitsFor(REST, 60_000);
  const heard = await person.hears();
  for (const words of [...STEPS.map(([question]) => question), REST])
    expect([words, heard.filter((text) => text.includes(words)).length]).toEqual([words, 1]);
  expect(heard).toHaveLength(STEPS.length + 1);
}

async function comesBack(pid: number): Promise<void> {
  await until(
    'the line is up again',
    () => {
      const now = gateway.line().running();
      return now !== null && now.pid !== pid && gateway.line().health().state === 'up';
    },
    60_000,
  );
}

describe('in the middle of a conversation nothing is lost, and nothing comes twice', () => {
  test('the browser is killed', async () => {
    await reports(aResident(), async (answer) => {
      const { pid, browserPid } = gateway.line().running()!;
      process.kill(browserPid()!, 'SIGKILL');
      await answer();
      await comesBack(pid);
    });
  });

  test('the browser is killed while it sends', async () => {
    const person = aResident();
    await reports(person, async (answer) => {
      const { pid, browserPid } = gateway.line().running()!;
      await gateway.wa.fails('send', { afterMs: 500 }, { to: person.phone });
      const before = (await gateway.wa.sends()).length;
      await answer();
      await until('it sends', async () => (await gateway.wa.sends()).length > before);
      process.kill(browserPid()!, 'SIGKILL');
      await comesBack(pid);
    });
  });

  test('the tab crashes', async () => {
    await reports(aResident(), async (answer) => {
      const { pid, browserPid } = gateway.line().running()!;
      toTabs(browserPid()!, 'SIGKILL');
      await answer();
      await comesBack(pid);
    });
  });

  test('the page is loaded anew', async () => {
    await reports(aResident(), async (answer) => {
      await gateway.wa.reloads();
      await answer();
    });
  });

  test('the server refuses to send', async () => {
    const person = aResident();
    await reports(person, async (answer) => {
      await gateway.wa.fails('send', 'refuse', { to: person.phone });
      await answer();
    });
    const outcomes = (await gateway.wa.sends()).filter((one) => one.chat.startsWith(person.phone));
    expect(outcomes.map(({ outcome }) => outcome).filter((one) => one === 'refuse')).toHaveLength(1);
  });

  test('the server never says whether a message went out', async () => {
    const person = aResident();
    await reports(person, async (answer) => {
      await gateway.wa.fails('send', 'drop_after', { to: person.phone });
      await answer();
    });
  });

  test('the phone unlinks us: people are told, and once it is linked again all goes on', async () => {
    await reports(aResident(), async (answer) => {
      await gateway.wa.unlinks();
      await until('it is told', async () => (await gateway.row()).state === 'down');
      expect((await gateway.row()).reason).toContain('unlinked');
      expect(await gateway.incidents()).toContainEqual({ kind: 'line_down', isOpen: true });
      await answer();
      await gateway.pool.query("UPDATE lines SET restart_at = now() WHERE id = 'whatsapp-web:desa'");
      await gateway.linked();
      await until('the incident is over', async () =>
        (await gateway.incidents()).every(({ kind, isOpen }) => kind !== 'line_down' || !isOpen),
      );
    });
  });

  test('nobody had to be asked what became of a message', async () => {
    const kinds = (await gateway.incidents()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'line_down')).toEqual([]);
  });
});
